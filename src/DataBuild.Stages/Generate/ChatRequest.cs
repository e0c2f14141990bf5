using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Stages.Generate;

/// <summary>One question to a language model.</summary>
/// <param name="Model">Name of the model, as the server calls it.</param>
/// <param name="Prompt">What the model is to do.</param>
/// <param name="Text">What it is to do it with.</param>
/// <param name="Sampling">How it picks its answer.</param>
/// <param name="Schema">JSON schema that the server is asked to hold the answer to; null for free text.</param>
/// <param name="Pattern">Regular expression that the server is asked to hold the answer to; null for free text.</param>
/// <param name="Attachment">A file that goes with it; null for none.</param>
public sealed record ChatRequest(string Model, string Prompt, string Text, ChatSampling Sampling, string? Schema = null, string? Pattern = null, ChatAttachment? Attachment = null)
{
    /// <summary>
    /// 64 hexadecimal digits that stand for everything that the answer depends on: model, prompt, text, sampling, schema, pattern, attachment. Where the model is served from is no part of it.
    /// </summary>
    public string Key => MakeKey();

    private string MakeKey()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string sampling = string.Create(
            CultureInfo.InvariantCulture, $"{Sampling.Temperature:R}|{Sampling.TopP:R}|{Sampling.MaxOutputTokens}|{Sampling.Seed?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        if (Sampling.TopK is not null || Sampling.MinP is not null)
        {
            sampling += string.Create(CultureInfo.InvariantCulture, $"|{Sampling.TopK}|{Sampling.MinP:R}");
        }

        // What is not set is not part of the key, so that answers of earlier versions are found.
        foreach (string part in new[] { Model, Prompt, Text, sampling, Schema, Pattern is null ? null : "pattern " + Pattern, Attachment is null ? null : "attachment " + Attachment.Digest }.OfType<string>())
        {
            // Lengths first, so that no two different lists of parts give the same bytes.
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
