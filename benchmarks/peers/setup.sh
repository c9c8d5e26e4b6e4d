#!/usr/bin/env bash
# Installs the peers on Debian (x86-64, as root): PyTorch of Debian's newest suite in a root of its own, and ONNX Runtime from npm. About 7 minutes and
# 3 GB the first time; run again, it keeps what is there. To remove: umount $PEERS_ROOT/{dev,sys,proc}, then rm -rf --one-file-system $PEERS_ROOT.
#   PEERS_ROOT   the root (default /opt/peers)      PEERS_SUITE   the Debian suite (default testing)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=${PEERS_ROOT:-/opt/peers}
suite=${PEERS_SUITE:-testing}
export DEBIAN_FRONTEND=noninteractive
packages="python3-torch python3-numpy python3-onnx libopenblas0-openmp libtcmalloc-minimal4 g++"

command -v debootstrap > /dev/null || { apt-get update -qq; apt-get install -y -qq debootstrap; }
if [ ! -e "$root/etc/debian_version" ]; then
    mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources)
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror"
    cp /etc/resolv.conf "$root/etc/"
    cp /etc/apt/apt.conf.d/99* "$root/etc/apt/apt.conf.d/" 2> /dev/null || true
fi
for m in proc sys; do mountpoint -q "$root/$m" || mount -t "$m" "$m" "$root/$m"; done
mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
if [ ! -e "$root/usr/lib/python3/dist-packages/torch" ]; then
    chroot "$root" sh -c "apt-get update -q && apt-get install -y -q --no-install-recommends $packages && apt-get download libonnxruntime-dev && dpkg -x libonnxruntime-dev_*.deb /opt/ortdev"
    # The other build of OpenBLAS has threads of its own, which fight with PyTorch's: 20 times slower on two threads.
    for library in libblas.so.3 liblapack.so.3 libopenblas.so.0; do
        chosen=/usr/lib/x86_64-linux-gnu/openblas-openmp/$library
        [ ! -e "$root$chosen" ] || chroot "$root" update-alternatives --set "$library-x86_64-linux-gnu" "$chosen"
    done
fi
mkdir -p "$root/bench" "$root/opt/ort"
cp "$here"/*.py "$here"/*.cpp "$root/bench/"
if [ ! -e "$root/opt/ort/libonnxruntime.so.1" ] && command -v npm > /dev/null; then
    (cd "$root/opt/ort" && npm install --ignore-scripts --no-audit --no-fund --prefix . onnxruntime-node && cp node_modules/onnxruntime-node/bin/napi-v*/linux/x64/libonnxruntime.so.1 .)
fi
chroot "$root" sh -c 'cd /bench && g++ -O2 -std=c++17 -I/opt/ortdev/usr/include/onnxruntime time_onnxruntime.cpp -o time_onnxruntime -ldl'
[ -e "$root/bench/onnx/W7_resnet18_b1.onnx" ] || env -u OPENBLAS_CORETYPE chroot "$root" sh -c 'cd /bench && python3 export_onnx.py onnx'
env -u OPENBLAS_CORETYPE chroot "$root" python3 -c 'import torch; print("torch", torch.__version__, torch.backends.cpu.get_cpu_capability())'
