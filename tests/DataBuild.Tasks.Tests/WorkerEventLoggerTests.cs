using System.Text.Json;

namespace DataBuild.Tasks.Tests;

public sealed class WorkerEventLoggerTests
{
    [Theory]
    [InlineData("""{"stage":"Extract","shards":1,"computed":1,"in":5,"kept":5,"dropped":{}}""", "  Extract                   5 in        5 kept  [1 shard: all computed]")]
    [InlineData("""{"stage":"Extract","shards":4,"computed":0,"reused":4,"in":5,"kept":5}""", "  Extract                   5 in        5 kept  [4 shards: all from the store]")]
    [InlineData("""{"stage":"MinHashDedup","shards":4,"computed":1,"in":5,"kept":4,"dropped":{"duplicate":1}}""", "  MinHashDedup              5 in        4 kept       1 dropped: duplicate 1  [4 shards: 1 computed]")]
    [InlineData("""{"stage":"MinHashDedup","shards":4,"computed":1,"decided":4,"merged":true,"in":5,"kept":5}""", "  MinHashDedup              5 in        5 kept  [4 shards: 1 computed, 3 decided again, merged]")]
    [InlineData("""{"stage":"C4Quality","shards":4,"computed":0,"decided":4,"merged":false,"in":5,"kept":5}""", "  C4Quality                 5 in        5 kept  [4 shards: 4 decided again]")]
    [InlineData("""{"stage":"gopher","kind":"GopherQuality","shards":4,"computed":0,"in":5,"kept":5}""", "  GopherQuality             5 in        5 kept  [4 shards: all from the store]")]
    [InlineData("""{"stage":"strict","kind":"GopherQuality","shards":4,"computed":0,"in":5,"kept":5}""", "  GopherQuality (strict)        5 in        5 kept  [4 shards: all from the store]")]
    [InlineData("""{"stage":"repetition","kind":"GopherRepetition","shards":4,"computed":0,"in":25,"kept":10,"dropped":{"a":1,"b":2,"c":3,"d":4,"e":5}}""", "  GopherRepetition         25 in       10 kept      15 dropped: e 5, d 4, c 3, b 2, a 1  [4 shards: all from the store]")]
    [InlineData("""{"stage":"repetition","kind":"GopherRepetition","shards":4,"computed":0,"in":31,"kept":10,"dropped":{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}}""", "  GopherRepetition         31 in       10 kept      21 dropped: f 6, e 5, d 4, c 3, 2 more reasons  [4 shards: all from the store]")]
    public void A_stage_is_one_line(string stageEvent, string line) =>
        Assert.Equal(line, WorkerEventLogger.FormatStage(JsonDocument.Parse(stageEvent).RootElement));

    [Theory]
    [InlineData("""{"stage":"Extract","shardsDone":1,"shards":4,"documents":1200,"bytes":12000000,"seconds":10}""", "  Web: Extract 1/4 shards, 1200 documents, 120 documents/s, 1.2 MB/s, about 30 s left")]
    [InlineData("""{"stage":"Extract","shardsDone":0,"shards":4,"documents":0,"bytes":0,"seconds":0}""", "  Web: Extract 0/4 shards, 0 documents")]
    [InlineData("""{"stage":"Score","shardsDone":10,"shards":1000,"documents":12000000,"bytes":0,"seconds":600}""", "  Web: Score 10/1000 shards, 12 M documents, 20000 documents/s, 0.0 MB/s, about 16.5 h left")]
    public void Progress_tells_rate_and_time_left(string progress, string line) =>
        Assert.Equal(line, WorkerEventLogger.FormatProgress("Web", JsonDocument.Parse(progress).RootElement));
}
