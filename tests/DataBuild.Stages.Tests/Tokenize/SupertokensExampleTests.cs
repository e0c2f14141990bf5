using DataBuild.Formats.Tensors;

namespace DataBuild.Tests.Tokenize;

/// <summary>The matrix that the example Supertokens carries over is the one that is made here.</summary>
public sealed class SupertokensExampleTests
{
    private const int Rows = 2048;
    private const int Columns = 4;

    [Fact]
    public void The_example_carries_this_matrix_over()
    {
        float[] values = new float[Rows * Columns];
        uint state = 7;
        for (int i = 0; i < values.Length; i++)
        {
            // A linear congruential generator (Numerical Recipes); sixteenths are exact.
            state = (state * 1664525) + 1013904223;
            values[i] = ((int)(state >> 27) - 16) / 16f;
        }

        MemoryStream made = new();
        SafetensorsFile.Write(made, [("model.embed_tokens.weight", Rows, Columns, values)]);
        string path = Path.Combine(TestPaths.RepositoryRoot, "example-datasets/Supertokens/models/words.safetensors");
        if (Environment.GetEnvironmentVariable("DATABUILD_UPDATE_DOCS") == "1")
        {
            File.WriteAllBytes(path, made.ToArray());
        }

        Assert.Equal(made.ToArray(), File.ReadAllBytes(path));
    }
}
