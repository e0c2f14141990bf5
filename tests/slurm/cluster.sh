#!/bin/bash
# A Slurm cluster of one machine: a controller and two nodes, n1 and n2, each a slurmd on a port of its own.
#   cluster.sh start FOLDER   writes the configuration and starts munged, slurmctld and both slurmd; prints FOLDER/slurm.conf
#   cluster.sh node FOLDER N  starts the slurmd of a node (again)
#   cluster.sh controller FOLDER  starts the controller again, with the state that it saved last
#   cluster.sh stop FOLDER    stops everything that it started there
# Needs the packages slurmctld, slurmd, slurm-client and munge; works as root and as an ordinary user.
set -euo pipefail
action=$1
folder=$(realpath -m "$2")
export SLURM_CONF="$folder/slurm.conf"
export PATH="$PATH:/usr/sbin:/sbin"

start_node() {
  slurmd -f "$SLURM_CONF" -N "$1"
}

case "$action" in
start)
  for command in munged slurmctld slurmd sbatch squeue scancel scontrol sinfo; do
    command -v "$command" >/dev/null || { echo "'$command' is not installed" >&2; exit 3; }
  done
  host=$(hostname -s)
  port=$((20000 + ($$ * 7) % 20000))
  mkdir -p "$folder"/{munge,state,log,spool.n1,spool.n2}
  chmod 755 "$folder"
  chmod 711 "$folder/munge"
  dd if=/dev/urandom of="$folder/munge/key" bs=1024 count=1 status=none
  chmod 400 "$folder/munge/key"
  # Slurm's defaults are for clusters of many machines: the times are cut so that a lost node is noticed in seconds.
  cat >"$SLURM_CONF" <<CONF
ClusterName=databuild
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
SlurmctldPort=$port
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool.%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=6
InactiveLimit=0
MinJobAge=60
KillWait=3
MaxArraySize=101
MaxJobCount=2000
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 RealMemory=4000 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/munged.pid" \
    --log-file="$folder/munge/munged.log" --seed-file="$folder/munge/munged.seed" --num-threads=2 >&2
  slurmctld -f "$SLURM_CONF" -c
  start_node n1
  start_node n2
  for _ in $(seq 240); do
    [ "$(sinfo -h -N -o '%T' 2>/dev/null | grep -c '^idle$')" = 2 ] && { echo "$SLURM_CONF"; exit 0; }
    sleep 0.25
  done
  echo "the nodes are not ready after a minute: $(sinfo -N 2>&1 | tr '\n' ';')" >&2
  exit 4
  ;;
node)
  start_node "$3"
  ;;
controller)
  slurmctld -f "$SLURM_CONF"
  ;;
stop)
  for pid in "$folder"/slurmd.n1.pid "$folder"/slurmd.n2.pid "$folder/slurmctld.pid" "$folder/munge/munged.pid"; do
    [ -s "$pid" ] && kill "$(cat "$pid")" 2>/dev/null || true
  done
  exit 0
  ;;
*)
  echo "cluster.sh start|node|controller|stop FOLDER" >&2
  exit 2
  ;;
esac
