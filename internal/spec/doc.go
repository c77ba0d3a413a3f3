// Package spec reads amis.yaml, version 1: strict decoding on YAML nodes,
// defaults, validation, and the JSON Schema of the same types.
//
// Everything wrong with a file is told in one run, each problem with its line
// and column and what to do about it. The package decides nothing about AWS and
// performs no I/O: bytes in, state.Desired or Diagnostics out. It may import
// pkg/state and nothing else of amisync.
package spec
