#!/bin/sh
# usage: cgroup_v1_view.sh FOLDER COMMAND [ARG...]
# Runs COMMAND in a private mount namespace in which /sys/fs/cgroup shows the cgroup v1 hierarchies only: crun refuses the
# hybrid layout. The copy is assembled on FOLDER, an existing directory; the machine's own /sys/fs/cgroup stays as it is.
exec unshare --mount --propagation slave sh -c '
  set -e
  view=$1
  shift
  hierarchies=$(while read -r _ target type _; do
    case $type:$target in cgroup:/sys/fs/cgroup/*) echo "$target" ;; esac
  done </proc/mounts)
  mount -t tmpfs -o mode=755 tmpfs "$view"
  for hierarchy in $hierarchies; do
    mkdir "$view/${hierarchy##*/}"
    mount --bind "$hierarchy" "$view/${hierarchy##*/}"
  done
  mount --rbind "$view" /sys/fs/cgroup
  exec "$@"' sh "$@"
