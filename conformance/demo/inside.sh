# What the container's shell runs: it says what a process in here can see.
say() { printf '  %-15s %s\n' "$1" "$2"; }
first_of() { for file in "$@"; do [ -r "$file" ] && cat "$file" && return; done; echo none; }

say 'host name' "$(hostname)"
say 'process id' "$$, the first of its PID namespace"
set -- /proc/[0-9]*
say 'processes' "$#, no matter how many the host has"
say 'user' "$(id)"
say 'in / there is' "$(ls -x -w 200 / | tr -s ' \n' '  ')"
say 'network' "$(while read -r name _; do case $name in *:) printf '%s ' "${name%:}" ;; esac; done </proc/net/dev)only"
say 'memory limit' "$(first_of /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max)"
say 'process limit' "$(first_of /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max)"
say 'open files' "at most $(ulimit -n)"
while read -r key value; do
  case $key in CapEff:) say 'capabilities' "$value (a host's root has more)" ;; esac
done </proc/self/status

printf '\n  mounts\n'
hierarchies=0
while read -r _ _ _ _ target options rest; do
  case $target in /sys/fs/cgroup/*) hierarchies=$((hierarchies + 1)) && continue ;; esac
  type=${rest#*- }
  printf '    %-32s %-8s %s\n' "$target" "${type%% *}" "$options"
done </proc/self/mountinfo
[ "$hierarchies" = 0 ] || printf '    %-32s %-8s %s\n' '/sys/fs/cgroup/*' cgroup "$hierarchies hierarchies, read-only"

printf '\n  what it may not do\n'
try() {
  what=$1
  shift
  if message=$("$@" 2>&1); then message='it could!'; fi
  message=${message%%'
'*} # the first line
  printf '    %-32s %s\n' "$what" "${message##*: }"
}
write() { echo x >"$1"; }
try 'write to the root' write /file
try 'change a kernel parameter' write /proc/sys/kernel/hostname
try 'mount something' mount -t tmpfs none /tmp
try 'look into the home folders' ls /home
exit 0
