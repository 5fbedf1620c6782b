#!/bin/sh
# Usage: install.sh install|uninstall DESTDIR PREFIX
# Installs a built checkout to PREFIX/lib/reapd with a link in PREFIX/bin, and keeps a list of what it put there, so
# that uninstall removes exactly that. NODE is the Node.js to read the lock file with.
set -eu
cd "$(dirname "$0")/.."
action=$1
lib=$2$3/lib/reapd
link=$2$3/bin/reapd
target=../lib/reapd/bin/reapd
manifest=$lib/.installed

uninstall() {
  [ ! -f "$manifest" ] || (
    cd "$lib"
    while IFS= read -r path; do rm -f -- "$path"; done <"$manifest"
    rm -f "$manifest"
  )
  [ ! -d "$lib" ] || find "$lib" -depth -type d -empty -delete
  [ "$(readlink "$link" 2>/dev/null)" != "$target" ] || rm -f "$link"
}

# Of the pinned Node.js only what runs; its headers and manuals are as large again.
production_files() {
  "$NODE" scripts/production-packages.cjs | while IFS= read -r folder; do
    case $folder in
      node_modules/node-linux-*) printf "$folder/%s\n" bin LICENSE package.json ;;
      *) echo "$folder" ;;
    esac
  done
  printf '%s\n' bin/reapd dist native/build/Release/reapd.node package.json LICENSE
}

case $action in
  install)
    uninstall
    mkdir -p "$lib" "$(dirname "$link")"
    files=$(production_files)
    printf '%s\n' "$files" | tar -c --exclude=dist/.built -T - -f - |
      tar -x -v --no-same-owner -C "$lib" -f - | grep -v '/$' >"$manifest"
    ln -sfn "$target" "$link"
    echo "  INSTALL  $link"
    ;;
  uninstall)
    uninstall
    echo "  REMOVED  $link"
    ;;
  *)
    echo "install.sh: unknown action: $action" >&2
    exit 2
    ;;
esac
