#!/bin/sh
# Shows on a machine with an NVIDIA GPU that models run there: builds QuickStart twice, on the processor and on the GPU, and compares.
#
# usage: tests/accelerator/run.sh [cuda|tensorrt]
# needs: the .NET 10 SDK, CUDA 13 and cuDNN 9 (and TensorRT), and a package source with Microsoft.ML.OnnxRuntime.Gpu.
#
# Expected: the second log says "quality.onnx runs on CUDAExecutionProvider (N nodes, ...)", N above 0, and the rows are the same: scores are rounded to four decimals.
set -eu
provider="${1:-cuda}"
root="$(cd "$(dirname "$0")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

build() {
  dotnet build "$root/example-datasets/QuickStart" -tl:off -v:minimal -nologo -p:DataBuildAccelerator=cuda -p:DataBuildExecutionProvider="$1" \
    -p:DatasetOutputPath="$work/$1/" -p:DataBuildStorePath="$work/store-$1" >"$work/$1.log" 2>&1 || { cat "$work/$1.log"; exit 1; }
  grep -o "[^ ]* runs on .*" "$work/$1.log"
}

build cpu
build "$provider"
if cmp "$work/cpu/data/train-00000-of-00001.parquet" "$work/$provider/data/train-00000-of-00001.parquet"; then
  echo "the rows of both builds are equal"
else
  echo "the rows differ: compare their column score_value" >&2
  exit 1
fi
