#!/bin/sh
# Shows on a machine with an NVIDIA GPU that models run there: builds QuickStart twice, on the processor and on the GPU, and compares.
#
# usage: tests/accelerator/run.sh [cuda|tensorrt|cpu]
# needs: the .NET 10 SDK, python3, CUDA 13 and cuDNN 9 (and TensorRT), and a package source with Microsoft.ML.OnnxRuntime.Gpu.
#
# `cpu` needs no GPU and no CUDA: it goes the same way with that package's library on the processor, beside the worker's own one, so that the script and the change of library can be tried anywhere.
#
# Expected: the second log says "quality.onnx runs on CUDAExecutionProvider (N nodes, ...)", N above 0, the rows are the same, and no score differs by more than 0.001.
set -eu
provider="${1:-cuda}"
case "$provider" in
  cuda) expected=CUDAExecutionProvider ;;
  tensorrt) expected=TensorrtExecutionProvider ;;
  cpu) expected=CPUExecutionProvider ;;
  *) echo "usage: $0 [cuda|tensorrt|cpu]" >&2; exit 2 ;;
esac
command -v dotnet >/dev/null || { echo "dotnet is not on this machine: the .NET 10 SDK is needed" >&2; exit 1; }
command -v python3 >/dev/null || { echo "python3 is not on this machine: it compares the scores" >&2; exit 1; }
if [ "$provider" != cpu ]; then
  nvidia-smi --query-gpu=name,driver_version --format=csv,noheader || { echo "no NVIDIA GPU answers here (nvidia-smi)" >&2; exit 1; }
fi

root="$(cd "$(dirname "$0")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# build NAME ACCELERATOR PROVIDER EXPECTED
build() {
  dotnet build "$root/example-datasets/QuickStart" -tl:off -v:minimal -nologo -p:DataBuildAccelerator="$2" -p:DataBuildExecutionProvider="$3" \
    -p:DataBuildOutputFormat=jsonl -p:DatasetOutputPath="$work/$1/" -p:DataBuildStorePath="$work/store-$1" >"$work/$1.log" 2>&1 || { cat "$work/$1.log"; exit 1; }
  grep -o "[^ ]* runs on .*" "$work/$1.log" || { cat "$work/$1.log"; echo "the log does not say where the model ran" >&2; exit 1; }
  # Nodes are counted for other providers than the processor's.
  counted=" \([1-9]"
  [ "$4" != CPUExecutionProvider ] || counted=""
  grep -Eq "runs on .*$4$counted" "$work/$1.log" || { echo "expected $4${counted:+ with one node or more}" >&2; exit 1; }
}

build first cpu cpu CPUExecutionProvider
build second cuda "$provider" "$expected"
grep -q "onnxruntime.gpu" "$root/example-datasets/QuickStart/obj/Debug/net10.0/QuickStart.databuild.plan.json" || { echo "the plan names no library of the GPU package" >&2; exit 1; }
python3 - "$work/first/data" "$work/second/data" <<'EOF'
import glob, json, sys

def rows(folder):
    return {r["id"]: r for path in sorted(glob.glob(folder + "/*.jsonl")) for r in map(json.loads, open(path, encoding="utf-8"))}

first, second = rows(sys.argv[1]), rows(sys.argv[2])
assert first, "no rows in " + sys.argv[1]
if first.keys() != second.keys():
    sys.exit("the rows differ: only one build has %s" % sorted(first.keys() ^ second.keys()))
worst = 0.0
for id, row in first.items():
    for name, value in row.items():
        other = second[id][name]
        if isinstance(value, float) and isinstance(other, float):
            worst = max(worst, abs(value - other))
        elif value != other:
            sys.exit("row %s differs in %s: %r and %r" % (id, name, value, other))
print("%d rows of both builds are equal; the largest difference of a number is %.4f" % (len(first), worst))
if worst > 0.001:
    sys.exit("more than rounding can explain")
EOF
