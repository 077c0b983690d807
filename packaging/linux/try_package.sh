#!/bin/sh
# Installs the package in a bare Debian made for the purpose, as a person would, and uses it there:
# a tip without a window, then the window under Xvfb, of which a picture is left in build/package.
# Needs root and debootstrap. try_package.sh PACKAGE.deb
set -eu

deb=$(realpath "$1")
tree=$(mktemp -d /tmp/tipdesk-tree.XXXXXX)
picture=$(dirname "$deb")/window.png

say() { echo "tipdesk: $*" >&2; }

clean_up() {
    # The programs of the tree hold it: they go first, then what was bound, then the tree.
    for place in /proc/[0-9]*; do
        [ "$(readlink "$place/root" 2>/dev/null || true)" = "$tree" ] && kill -9 "${place#/proc/}" || true
    done
    for place in dev/shm dev proc; do
        umount "$tree/$place" 2>/dev/null || true
    done
    [ -n "${KEEP_TREE:-}" ] || mountpoint -q "$tree/proc" || rm -rf "$tree" "$tree.log"
}
trap clean_up EXIT INT TERM

inside() {
    chroot "$tree" /usr/bin/env -i HOME=/home/fan LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

command -v debootstrap >/dev/null || { say "apt-get install debootstrap"; exit 1; }
. /etc/os-release
mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | head -n 1)

say "making a bare $VERSION_CODENAME"
mkdir -p "$tree" && chmod 755 "$tree"
debootstrap --variant=minbase "$VERSION_CODENAME" "$tree" "${mirror%% *}" >"$tree.log" 2>&1 || {
    tail -n 20 "$tree.log" >&2; exit 1
}
# The ways to the archive are this machine's own.
rm -f "$tree/etc/apt/sources.list"
cp -a /etc/apt/. "$tree/etc/apt/"
mkdir -p "$tree/etc/ssl/certs" "$tree/home/fan"
cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
cp -L /etc/resolv.conf /etc/hosts "$tree/etc/" 2>/dev/null || true
mount --bind /proc "$tree/proc"
mount --bind /dev "$tree/dev"
mount -t tmpfs tmpfs "$tree/dev/shm"

say "installing $(basename "$deb")"
cp "$deb" "$tree/root/tipdesk.deb"
inside apt-get -qq update
inside apt-get -qq install -y --no-install-recommends /root/tipdesk.deb fonts-dejavu-core >"$tree.log" 2>&1 || {
    tail -n 20 "$tree.log" >&2; exit 1
}
inside sh -c '! command -v python3' >/dev/null || say "note: there is a python3 in the tree"
inside useradd --create-home --home-dir /home/fan --shell /bin/sh fan 2>/dev/null || true
inside chown -R fan /home/fan

say "a tip without a window"
inside setpriv --reuid fan --regid fan --clear-groups tipdesk demo --headless --tips 1 --dir /home/fan/demo

say "the window"
inside apt-get -qq install -y --no-install-recommends xvfb imagemagick desktop-file-utils >"$tree.log" 2>&1
inside desktop-file-validate /usr/share/applications/org.tipdesk.TipDesk.desktop
inside sh -c '
    Xvfb :77 -screen 0 1280x860x24 -nolisten tcp >/dev/null 2>&1 &
    export DISPLAY=:77 XDG_RUNTIME_DIR=/home/fan/run
    mkdir -p -m 700 $XDG_RUNTIME_DIR && chown fan $XDG_RUNTIME_DIR
    setpriv --reuid fan --regid fan --clear-groups tipdesk demo --dir /home/fan/demo >/home/fan/window.log 2>&1 &
    app=$!
    sleep 45
    import -window root /root/window.png
    kill $app && wait $app || true
'
cp "$tree/root/window.png" "$picture"
# A screen without a window has one colour.
colours=$(inside identify -format %k /root/window.png)
[ "$colours" -gt 200 ] || { say "the window did not come: $colours colours"; cat "$tree/home/fan/window.log" >&2; exit 1; }
inside apt-get -qq remove -y tipdesk >"$tree.log" 2>&1
[ ! -e "$tree/opt/tipdesk" ] || { say "the package leaves files behind"; exit 1; }
say "works: see $picture"
