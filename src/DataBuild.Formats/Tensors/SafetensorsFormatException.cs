namespace DataBuild.Formats.Tensors;

/// <summary>A file is no safetensors file; the message says where and why.</summary>
public sealed class SafetensorsFormatException(string message, Exception? inner = null) : Exception(message, inner);
