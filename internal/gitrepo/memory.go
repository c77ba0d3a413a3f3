package gitrepo

import (
	"bytes"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"
)

// objects finds objects by the beginning of their hash.
type objects interface {
	HashesWithPrefix(prefix []byte) ([]plumbing.Hash, error)
}

// inMemory is what was fetched.
type inMemory struct{ *memory.Storage }

// HashesWithPrefix looks among the commits, which are all that a revision names
// by a hash.
func (m inMemory) HashesWithPrefix(prefix []byte) ([]plumbing.Hash, error) {
	var found []plumbing.Hash
	for h := range m.Commits {
		if bytes.HasPrefix(h[:], prefix) {
			found = append(found, h)
		}
	}
	return found, nil
}
