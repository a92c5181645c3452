#!/bin/bash
# One sweep on the tasks of a Slurm job: sbatch sweeps/cluster/slurm.sh sweeps/static_levels.yaml
#
# Change the lines with #SBATCH to suit your cluster. All nodes need the same environment with sparsity in it. Only the
# first node writes the results folder; nothing else need be shared. Two minutes before the time limit the sweep ends
# and the job is queued again: it resumes from the trials' last checkpoints. `scancel` ends it for good.
# Tried with Slurm 22.05 on one machine, with two tasks of one core each: ended by its time limit three times, and
# completed in its fourth turn. Several machines were not at hand.

#SBATCH --job-name=sparsity
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=04:00:00
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append

set -u
if ! command -v sparsity > /dev/null; then
    echo "sparsity is not in this environment: activate the one that has it, then submit again" >&2
    exit 1
fi
export PORT="${PORT:-6379}" RAY_AUTH_MODE=token RAY_AUTH_TOKEN
HEAD=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
RAY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')  # no other user can join
export HEAD

sweep=
queue_again() {
    if [ -n "$sweep" ]; then
        kill -TERM "$sweep"
        wait "$sweep"
    fi
    scontrol requeue "$SLURM_JOB_ID"
    exit
}
trap queue_again USR1

srun bash -c '
    if [ "$SLURM_PROCID" = 0 ]; then
        exec ray start --head --port "$PORT" --num-cpus "$SLURM_CPUS_PER_TASK" --include-dashboard=false --block
    fi
    until ray start --address "$HEAD:$PORT" --num-cpus "$SLURM_CPUS_PER_TASK" --block; do sleep 5; done
' > "ray-$SLURM_JOB_ID.log" 2>&1 &

until [ "$(ray status --address "$HEAD:$PORT" 2> /dev/null | grep -c '^ 1 node_')" = "$SLURM_NTASKS" ]; do
    sleep 2
done

sparsity sweep "$@" --address "$HEAD:$PORT" &
sweep=$!
wait "$sweep"
