# Sourced by the other scripts: installs missing Debian or Ubuntu packages.
# shellcheck shell=sh

is_installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q ' installed$'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "error: '$*' needs root: run this as root, or install sudo" >&2
        return 1
    fi
}

# install_packages NAME…: those of them that are missing, in one go.
install_packages() {
    for package in "$@"; do
        shift
        is_installed "$package" || set -- "$@" "$package"
    done
    [ $# -gt 0 ] || return 0
    echo "installing: $*" >&2
    [ -n "${apt_is_fresh-}" ] || as_root apt-get update -q
    apt_is_fresh=yes
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@"
}

# What building and running needs.
install_build_packages() {
    install_packages build-essential ca-certificates cmake git ninja-build \
        pkg-config libcjson-dev libcmark-dev libcurl4-openssl-dev \
        libdeflate-dev libgit2-dev liblua5.4-dev libmicrohttpd-dev libpq-dev \
        libseccomp-dev libsodium-dev libvectorscan-dev libyaml-dev nettle-dev
}

# What the tests need on top. clang is pinned: another clang-format lays the
# same code out otherwise. A Node.js from elsewhere may bring its own npm.
install_test_packages() {
    install_packages clang-14 clang-format-14 clang-tidy-14 libcmocka-dev \
        lua-check lua5.4 nghttp2-proxy openssh-client openssl postgresql \
        procps shellcheck
    command -v npm >/dev/null || install_packages npm
}
