# Shared by ./run and ./test: say what happens, install what is missing, build. Sourced by bash.

# Checkouts share what the compiler cache has, wherever they are.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

packages=(
  g++ cmake ninja-build pkg-config ccache python3
  libcaf-dev libsqlite3-dev nlohmann-json3-dev libgtest-dev libgmock-dev libcli11-dev
  libspdlog-dev libtomlplusplus-dev libssl-dev liblz4-dev libxxhash-dev
  libbenchmark-dev libmimalloc-dev pybind11-dev python3-dev python3-venv
)

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

available() { [ -n "$(apt-cache madison "$1" 2>/dev/null)" ]; }

# Sets `boost` to the package to install, or to nothing: any Boost from 1.81 on will do.
find_boost() {
  local all
  all=$(dpkg-query -W -f '${Package}=${db:Status-Status}\n' 'libboost1.*-dev' 2>/dev/null || true)
  boost=
  if [[ $all =~ libboost1\.(8[1-9]|9[0-9])-dev=installed ]]; then return; fi
  for boost in libboost1.83-dev libboost1.81-dev libboost-dev; do
    if available "$boost"; then return; fi
  done
}

# Sets `missing` to those of the given packages, and of Boost, that are not installed.
find_missing() {
  missing=()
  local package
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  find_boost
  [ -z "$boost" ] || missing+=("$boost")
}

# Sets `as_root` to the prefix of a command that needs root.
find_root() {
  if [ "$(id -u)" = 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
  else
    fail "These packages are missing, and installing them needs root or sudo without a password:
  apt-get install ${missing[*]}"
  fi
}

# Fetches the package lists, once: before it, a fresh machine knows no package at all.
update_lists() {
  [ -z "${lists_updated:-}" ] || return 0
  lists_updated=yes
  "${as_root[@]}" apt-get update -qq || say "apt-get update failed; using the lists as they are."
}

# Installs the packages of the project and those given, if any is missing.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "Not Debian or Ubuntu: expecting ${packages[*]} $* and Boost 1.81 or later to be there."
    return
  fi
  find_missing "${packages[@]}" "$@"
  [ "${#missing[@]}" -gt 0 ] || return 0
  find_root
  say "Installing ${#missing[@]} packages; this happens once."
  update_lists
  # Which Boost there is, only the lists tell.
  find_missing "${packages[@]}" "$@"
  local package unknown=()
  for package in "${missing[@]}"; do
    available "$package" || unknown+=("$package")
  done
  [ "${#unknown[@]}" = 0 ] ||
    fail "This system's package sources do not have: ${unknown[*]} (Debian 12, 13 and Ubuntu 24.04 do)"
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "${missing[@]}" </dev/null >&2
}

# Installs those of the given packages that the package sources have, if none of it fails.
install_optional() {
  command -v dpkg-query >/dev/null || return 0
  local package wanted=()
  for package in "$@"; do installed "$package" || wanted+=("$package"); done
  [ "${#wanted[@]}" -gt 0 ] || return 0
  missing=("${wanted[@]}")
  if ! (find_root) 2>/dev/null; then
    say "Installing ${wanted[*]} needs root: the tests that need it are skipped."
    return 0
  fi
  find_root
  update_lists
  for package in "${wanted[@]}"; do
    if ! available "$package"; then
      say "The package sources do not have $package: the tests that need it are skipped."
      return 0
    fi
  done
  say "Installing ${wanted[*]}; this happens once."
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "${wanted[@]}" </dev/null >&2 ||
    say "Installing ${wanted[*]} failed: the tests that need it are skipped."
}

# Makes build/python, a virtual environment of the system's Python with Django, if it is not there:
# from PyPI, or else with the distribution's Django if that is recent enough (Debian 12's is not).
install_django() {
  local environment=build/python
  if [ -x "$environment/bin/python" ] && "$environment/bin/python" -c "$has_django" 2>/dev/null; then
    return 0
  fi
  say "Setting up Django in $environment; this happens once."
  rm -rf "$environment"
  /usr/bin/python3 -m venv "$environment" || return 1
  if "$environment/bin/python" -m pip install -q --disable-pip-version-check \
    -r tools/django-requirements.txt >&2; then
    return 0
  fi
  rm -rf "$environment"
  local offered
  offered=$(apt-cache policy python3-django 2>/dev/null | awk '/Candidate:/ { print $2 }')
  if ! dpkg --compare-versions "${offered:-0}" ge 3:4.2; then
    say "PyPI cannot be reached, and the distribution has no Django from 4.2 on (${offered:-none})."
    return 1
  fi
  say "PyPI cannot be reached; taking the distribution's Django $offered."
  install_packages python3-django
  /usr/bin/python3 -m venv --system-site-packages "$environment"
  "$environment/bin/python" -c "$has_django"
}
has_django='import django; assert django.VERSION >= (4, 2), django.VERSION'

# Compile jobs: one for each core, but no more than one for each 1.5 GiB of free memory.
job_count() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1572864) }' /proc/meminfo)
  [ "$memory" -lt "$cores" ] && cores=$memory
  [ "$cores" -lt 1 ] && cores=1
  echo "${STEAD_JOBS:-$cores}"
}

# configure PRESET [cmake args…]: quiet unless it fails.
configure() {
  local preset=$1 log=build/$1/configure.log
  shift
  mkdir -p "build/$preset"
  cmake --preset "$preset" "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    fail "Configuring the preset $preset failed."
  }
}
