// Package state is the vocabulary of amisync: what is desired (amis.yaml after
// decoding and defaults), what is live (AMIs, snapshots and the facts asked of
// AWS), and the control tags that join the two.
//
// Everything here is plain data. The package knows no AWS SDK, no Git, no
// operating system and no log, decides nothing and performs no I/O; a test
// holds that border. Units are in the names or the doc comments; times are UTC.
package state
