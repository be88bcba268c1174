#!/bin/sh
# Makes a root directory with Asterisk 22 and SIPp, from the Debian mirror that this machine uses itself: Asterisk is
# in no Debian 12. Needs root and debootstrap; takes a minute or two and 700 MB. Run again it goes on where it was.
#   sh bootstrap.sh ROOT
set -eu
root=$1
here=$(cd "$(dirname "$0")" && pwd)
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m1 -v security)

if [ ! -e "$root/.base" ]; then
  debootstrap --variant=minbase --include=ca-certificates testing "$root" "$mirror"
  touch "$root/.base"
fi
if [ ! -e "$root/.asterisk" ]; then
  # Nothing is started by installing it.
  printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  export DEBIAN_FRONTEND=noninteractive
  # A mirror that is a snapshot has an index that is past its date.
  chroot "$root" apt-get -o Acquire::Check-Valid-Until=false update
  chroot "$root" apt-get install -y --no-install-recommends \
    asterisk sip-tester asterisk-core-sounds-en-gsm asterisk-moh-opsound-gsm
  umount "$root/proc"
  touch "$root/.asterisk"
fi
cp "$here"/etc/*.conf "$root/etc/asterisk/"
mkdir -p "$root/scenarios" "$root/var/spool/asterisk/recording"
cp "$here"/sipp/* "$root/scenarios/"
grep -q '^entityid' "$root/etc/asterisk/asterisk.conf" ||
  sed -i 's/^\[options\]/[options]\nentityid = 00:00:00:00:00:01/' "$root/etc/asterisk/asterisk.conf"
chroot "$root" asterisk -V
