#!/usr/bin/env python3
"""What the planner takes for a dataset of many shards: planner.py SHARDS [FOLDER]. The worker must be built.

Makes inputs without documents (a WARC file of one warcinfo record each, all different), a plan of twelve stages, and runs the real worker on it:
  plan    DataBuildExecutor=Slurm on an empty store, with an sbatch that refuses: from the start of the process to the submission, all chunks written
  fill    a local build, so that the store holds the results of all actions
  no-op   the same again: every action of every stage on every shard is looked up and found
  replan  DataBuildExecutor=Slurm with another threshold in the last filter
Prints seconds and the largest resident memory of the worker for each."""
import json, os, resource, shutil, subprocess, sys, time

shards = int(sys.argv[1])
folder = sys.argv[2] if len(sys.argv) > 2 else "/dev/shm/databuild-planner"
worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/DataBuild.Worker/bin/Debug/net10.0/DataBuild.Worker.dll")
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder + "/crawl")
os.makedirs(folder + "/slurm")
for name in ("sbatch", "squeue", "scancel", "sinfo", "scontrol"):
    with open(f"{folder}/slurm/{name}", "w") as script:
        script.write("#!/bin/sh\n" + ("echo refused >&2; exit 1\n" if name == "sbatch" else "exit 0\n"))
    os.chmod(f"{folder}/slurm/{name}", 0o755)
for i in range(shards):
    with open(f"{folder}/crawl/{i:06}.warc", "wb") as file:
        file.write(b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-%012d>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
                   b"Content-Type: application/warc-fields\r\nContent-Length: 0\r\n\r\n\r\n\r\n" % i)


def run(name, executor, threshold="80000"):
    stages = [("Extract", {}), ("Language", {"Keep": "en"})] + [("GopherQuality", {"Name": f"gopher{i}"}) for i in range(4)] + [
        ("GopherRepetition", {}), ("C4Quality", {}), ("ExactDedup", {}), ("MinHashDedup", {}),
        ("GopherQuality", {"Name": "last", "MaxWords": threshold}), ("Tokenize", {"Tokenizer": "o200k_base"})]
    plan = f"{folder}/Planner.databuild.plan.json"
    with open(plan, "w") as file:
        json.dump({"formatVersion": 1, "name": "Planner", "projectFile": f"{folder}/Planner.csproj", "projectDirectory": folder,
                   "outputDirectory": f"{folder}/out", "storeDirectory": f"{folder}/store", "outputFormat": "parquet",
                   "properties": {"DataBuildExecutor": executor, "DataBuildVerdicts": "false"},
                   "crawl": [{"include": f"crawl/{i:06}.warc", "path": f"{folder}/crawl/{i:06}.warc"} for i in range(shards)],
                   "stages": [{"name": n, "metadata": m} for n, m in stages]}, file)
    start = time.time()
    process = subprocess.Popen(["dotnet", worker, "run", plan, "--threads", "2"], env=dict(os.environ, PATH=folder + "/slurm:" + os.environ["PATH"]),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.time() - start
    print(f"{name:8} {seconds:7.1f} s  {usage.ru_utime + usage.ru_stime:7.1f} s of processor time  {usage.ru_maxrss / 1024:7.0f} MiB  {output.strip().splitlines()[-1][:110] if output.strip() else ''}", flush=True)


run("plan", "Slurm")
run("fill", "Local")
run("no-op", "Local")
run("replan", "Slurm", "70000")
shutil.rmtree(folder)
