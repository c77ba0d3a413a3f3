#!/bin/sh
# The whole loop of amisync against its embedded sandbox: no AWS account, no
# network. Each command stands before its output. Usage: demo.sh path/to/amisync
set -eu

amisync=$(realpath "$1")
examples=$(dirname "$(realpath "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$examples/amis.yaml" "$dir/amis.yaml"
cd "$dir"
PATH=$(dirname "$amisync"):$PATH
export PATH

say() { printf '\n### %s\n' "$*"; }
run() {
	printf '\n$ %s\n' "$*"
	"$@"
}

say "amis.yaml says which AMIs must exist in which Regions. Is the file in order?"
run amisync validate

say "What would change? A plan never writes."
run amisync plan --sandbox=aws.json

say "Make it so. The sandbox copies as EC2 does, at 600 times the speed."
run amisync apply --sandbox=aws.json --yes

say "And again: there is nothing left to do."
run amisync plan --sandbox=aws.json

say "A new build: the source of web-base is bumped in amis.yaml."
run sed -i.bak 's/ami-0abcdef1234567890/ami-0fedcba9876543210/' amis.yaml
run amisync apply --sandbox=aws.json --yes

say "eu-north-1 is taken out. Its copies are retired, and only later deregistered."
run sed -i.bak 's/, eu-north-1//' amis.yaml
run amisync apply --sandbox=aws.json --yes
run amisync plan --sandbox=aws.json

say "Eight days later the grace of 7d is over."
run amisync sandbox clock --state aws.json --advance 8d
run amisync apply --sandbox=aws.json --yes

say "Which image exists where?"
run amisync audit --sandbox=aws.json
