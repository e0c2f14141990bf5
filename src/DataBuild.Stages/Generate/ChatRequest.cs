using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Stages.Generate;

/// <summary>One question to a language model.</summary>
/// <param name="Model">Name of the model, as the server calls it.</param>
/// <param name="Prompt">What the model is to do.</param>
/// <param name="Text">What it is to do it with.</param>
/// <param name="Sampling">How it picks its answer.</param>
public sealed record ChatRequest(string Model, string Prompt, string Text, ChatSampling Sampling)
{
    /// <summary>
    /// 64 hexadecimal digits that stand for everything that the answer depends on: model, prompt, text, sampling. Where the model is served from is no part of it.
    /// </summary>
    public string Key => MakeKey();

    private string MakeKey()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string sampling = string.Create(
            CultureInfo.InvariantCulture, $"{Sampling.Temperature:R}|{Sampling.TopP:R}|{Sampling.MaxOutputTokens}|{Sampling.Seed?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        foreach (string part in (ReadOnlySpan<string>)[Model, Prompt, Text, sampling])
        {
            // Lengths first, so that no two different lists of parts give the same bytes.
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
