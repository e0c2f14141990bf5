#!/usr/bin/env python3
"""What a dataset of many shards takes to plan, and to build when nothing has changed: planner.py SHARDS [FOLDER [STEP...]].
Worker, tasks and generators must be built. With steps only those run, and the folder stays: fill makes it, the others find it.

Makes inputs without documents (a WARC file of one warcinfo record each, all different) and a dataset project of twelve stages over them, and runs:
  write    dotnet build -t:WriteDatasetPlan: evaluation of the items, and the plan
  plan     the worker with DataBuildExecutor=Slurm on an empty store and an sbatch that refuses: from its start to the submission, all chunks written
  fill     dotnet build, so that dataset and store are complete: every action of every stage is computed
  no-op    dotnet build of the unchanged project
  worker   the worker alone, on the unchanged plan
  output   the worker after an output was removed: every action of every stage on every shard is looked up and found
  replan   the worker with DataBuildExecutor=Slurm and another threshold in the last filter
Prints seconds, processor time and the largest resident memory of a process for each."""
import os, shutil, subprocess, sys, time

shards = int(sys.argv[1])
folder = sys.argv[2] if len(sys.argv) > 2 else "/dev/shm/databuild-planner"
root = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
steps = sys.argv[3:] or ["write", "plan", "fill", "no-op", "worker", "output", "replan"]
worker = f"{root}/src/DataBuild.Worker/bin/Debug/net10.0/DataBuild.Worker.dll"
anew = "write" in steps or "fill" in steps
if anew:
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/crawl")
    os.makedirs(folder + "/slurm")
for name in ("sbatch", "squeue", "scancel", "sinfo", "scontrol"):
    with open(f"{folder}/slurm/{name}", "w") as script:
        script.write("#!/bin/sh\n" + ("echo refused >&2; exit 1\n" if name == "sbatch" else "exit 0\n"))
    os.chmod(f"{folder}/slurm/{name}", 0o755)
for i in range(shards if anew else 0):
    with open(f"{folder}/crawl/{i:06}.warc", "wb") as file:
        file.write(b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-%012d>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
                   b"Content-Type: application/warc-fields\r\nContent-Length: 0\r\n\r\n\r\n\r\n" % i)


def write(path, text):
    with open(f"{folder}/{path}", "w") as file:
        file.write(text)


def project(threshold):
    write("Planner.csproj", f"""<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <DataBuildVerdicts>false</DataBuildVerdicts>
  </PropertyGroup>
  <ItemGroup>
    <Crawl Include="crawl/*.warc" />
    <Stage Include="Extract" />
    <Stage Include="Language" Keep="en" />
    <Stage Include="GopherQuality" Name="gopher0" />
    <Stage Include="GopherQuality" Name="gopher1" />
    <Stage Include="GopherQuality" Name="gopher2" />
    <Stage Include="GopherQuality" Name="gopher3" />
    <Stage Include="GopherRepetition" />
    <Stage Include="C4Quality" />
    <Stage Include="ExactDedup" />
    <Stage Include="MinHashDedup" />
    <Stage Include="GopherQuality" Name="last" MaxWords="{threshold}" />
    <Stage Include="Tokenize" Tokenizer="o200k_base" />
  </ItemGroup>
</Project>
""")


def run(name, command, **environment):
    start = time.time()
    process = subprocess.Popen(command, cwd=folder, env=dict(os.environ, PATH=folder + "/slurm:" + os.environ["PATH"], MSBUILDDISABLENODEREUSE="1", **environment),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.time() - start
    lines = [line for line in output.splitlines() if line.strip() and "Time Elapsed" not in line and "Warning(s)" not in line and "Error(s)" not in line]
    said = next((line for line in reversed(lines) if "up to date" in line or "documents" in line or "error" in line), lines[-1] if lines else "")
    print(f"{name:8} {seconds:7.1f} s  {usage.ru_utime + usage.ru_stime:7.1f} s of processor time  {usage.ru_maxrss / 1024:7.0f} MiB  {said.strip()[:110]}", flush=True)


def build(name, *arguments):
    run(name, ["dotnet", "build", "--no-restore", "-m:1", "-tl:off", *arguments])


def work(name, executor="Local", store=None):
    plan = f"{folder}/obj/Debug/net10.0/Planner.databuild.plan.json"
    build_plan = ["dotnet", "build", "--no-restore", "-m:1", "-t:WriteDatasetPlan", f"-p:DataBuildExecutor={executor}"]
    if store:
        build_plan.append(f"-p:DataBuildStorePath={folder}/{store}")
    subprocess.run(build_plan, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    run(name, ["dotnet", worker, "run", plan, "--threads", "2"])


write("Directory.Build.props", f"""<Project>
  <PropertyGroup>
    <DataBuildTasksAssembly>{root}/src/DataBuild.Tasks/bin/Debug/net10.0/DataBuild.Tasks.dll</DataBuildTasksAssembly>
    <DataBuildReferencesDirectory>{root}/src/DataBuild.Worker/bin/Debug/net10.0/</DataBuildReferencesDirectory>
    <DataBuildWorkerPath>{worker}</DataBuildWorkerPath>
    <DataBuildAnalyzersDirectory>{root}/generators/DataBuild.Generators/bin/Debug/netstandard2.0/</DataBuildAnalyzersDirectory>
  </PropertyGroup>
  <Import Project="{root}/msbuild/DataBuild.Sdk/DataBuild.props" />
</Project>
""")
write("Directory.Build.targets", f"""<Project>
  <Import Project="{root}/msbuild/DataBuild.Sdk/DataBuild.targets" />
</Project>
""")
write("Directory.Packages.props", "<Project />\n")
project(80000)
if anew:
    subprocess.run(["dotnet", "restore"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
for step in steps:
    match step:
        case "write":
            build("write", "-t:WriteDatasetPlan")
        case "plan":
            shutil.rmtree(f"{folder}/empty", ignore_errors=True)
            work("plan", "Slurm", "empty")
        case "fill":
            build("fill")
        case "no-op":
            build("no-op")
        case "worker":
            work("worker")
        case "output":
            os.remove(f"{folder}/bin/Debug/Planner/README.md")
            work("output")
        case "replan":
            project(70000)
            work("replan", "Slurm")
            project(80000)
if not sys.argv[3:]:
    shutil.rmtree(folder)
