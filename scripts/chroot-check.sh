#!/bin/bash
# Proves that a fresh machine can build and test this checkout: a bare Debian with only make and git, in a chroot with
# /proc and /sys. Takes the suite, the mirror, the proxy and the certificates from this machine's configuration.
# Usage: chroot-check.sh [MAKE_TARGET...]    default: test
# SUITE and MIRROR override what this machine uses; CHROOT is where the base system is kept between runs.
set -euo pipefail
cd "$(dirname "$0")/.."
CHROOT=${CHROOT:-${TMPDIR:-/tmp}/reapd-chroot}

fail() {
  echo "chroot-check: $1" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || fail 'must be root'
for tool in debootstrap unshare; do
  command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install $tool"
done

# In a mount namespace of its own nothing can be left mounted, whatever happens.
if [ -z "${REAPD_CHROOT_NAMESPACE:-}" ]; then
  REAPD_CHROOT_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
fi

own_suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
suite=${SUITE:-$own_suite}
mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $own_suite")
mirror=${MIRROR:-${mirrors%%$'\n'*}}
[ -n "$mirror" ] || fail 'no mirror found in the apt configuration; set MIRROR'

base=$CHROOT/base-$suite
root=$CHROOT/root
if [ ! -e "$base/.complete" ]; then
  echo "== base system: $suite"
  rm -rf "$base"
  mkdir -p "$base"
  log=$CHROOT/debootstrap.log
  debootstrap --variant=minbase --include=make,git,ca-certificates "$suite" "$base" "$mirror" >"$log" ||
    fail "debootstrap failed, see $log"
  touch "$base/.complete"
fi
rm -rf --one-file-system "$root"
cp -a "$base" "$root"

# This machine's way to the registries: apt's sources and options, the resolver, the certificates.
cp -a /etc/apt/apt.conf.d "$root/etc/apt/"
if [ "$suite" = "$own_suite" ]; then
  rm -f "$root/etc/apt/sources.list"
  cp -a /etc/apt/sources.list /etc/apt/sources.list.d "$root/etc/apt/" 2>/dev/null || true
fi
cp -L --remove-destination /etc/resolv.conf /etc/hosts "$root/etc/"
rm -rf "$root/etc/ssl/certs" # its links would lead out of the chroot
cp -aL /etc/ssl/certs "$root/etc/ssl/"
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
environment=(HOME=/root "PATH=$path" LANG=C.UTF-8 "TERM=${TERM:-dumb}")
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NODE_EXTRA_CA_CERTS SSL_CERT_FILE CI; do
  [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done
for key in registry cafile; do
  value=$(npm config get "$key" 2>/dev/null || true)
  case $value in '' | null | undefined) ;; *) environment+=("npm_config_$key=$value") ;; esac
done

mkdir -p "$root/src/reapd"
git ls-files --cached --others --exclude-standard -z |
  tar -c --null --ignore-failed-read -T - -f - | tar -x -C "$root/src/reapd" -f -
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"

inside() { env -i "${environment[@]}" chroot "$root" /bin/sh -c 'cd /src/reapd && exec "$@"' sh "$@"; }
timed() {
  echo "== $1"
  shift
  local start=$SECONDS
  "$@"
  echo "== $((SECONDS - start)) s"
}

timed 'a fresh machine: make build' inside make build
timed 'again: nothing to do' inside make build
timed 'from scratch without a network' inside unshare --net sh -c 'make clean && make build'
timed "make ${*:-test}" inside make "${@:-test}"
echo '== a fresh machine can do it'
