// Package gitrepo reads amis.yaml's repository through go-git: the file at a
// revision, whether the work tree's is committed, and how commits relate.
//
// It never writes and runs no git. Only Remote uses the network, and keeps what
// it fetches in memory. It follows neither GIT_DIR nor includes of Git's
// configuration. It may import pkg/state and nothing else of amisync.
package gitrepo
