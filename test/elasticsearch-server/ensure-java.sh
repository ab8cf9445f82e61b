#!/bin/sh
# Makes sure that Java 17 or newer (with its compiler) and Maven are there: uses what is present, else installs them with
# the system's package manager, else fails with one line that says so.
present() {
  command -v javac >/dev/null && command -v mvn >/dev/null &&
    [ "$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')" -ge 17 ] 2>/dev/null
}
present && exit 0
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null; then
  $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless maven
elif command -v dnf >/dev/null; then
  $as_root dnf install -y -q java-17-openjdk-devel maven
elif command -v apk >/dev/null; then
  $as_root apk add -q openjdk17-jdk maven
elif command -v brew >/dev/null; then
  brew install -q openjdk@17 maven
fi >&2
present && exit 0
echo "The Elasticsearch tests need Java 17 (JDK) and Maven: neither found nor installable with the system's package manager." >&2
exit 1
