package gitrepo

import (
	"container/heap"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/amisync/amisync/pkg/state"
)

// Ancestry tells how a commit relates to another, of, which must be in the
// clone; both are full SHAs. Where the clone lacks the commit, or is shallow
// and so lacks the history that would tell, it says so. All questions about
// one commit share one walk through its history, newest first.
func (r *Repo) Ancestry(commit, of string) (state.Ancestry, error) {
	if !plumbing.IsHash(commit) {
		return state.NotInClone, nil // a tag's value, which people can change
	}
	if !plumbing.IsHash(of) {
		return "", fmt.Errorf("%q is not the full SHA of a commit", of)
	}
	wanted, from := plumbing.NewHash(commit), plumbing.NewHash(of)
	r.mu.Lock()
	defer r.mu.Unlock()
	w, err := r.walk(from)
	if err != nil {
		return "", err
	}
	if _, err := r.git.CommitObject(wanted); err != nil {
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			return state.NotInClone, nil
		}
		return "", fmt.Errorf("reading commit %s: %w", commit, err)
	}
	found, err := w.reaches(wanted)
	switch {
	case err != nil:
		return "", err
	case found:
		return state.Ancestor, nil
	case w.cut:
		return state.NotInClone, nil
	default:
		return state.NotAncestor, nil
	}
}

// Relation is how a commit stands to another one.
type Relation string

// Relations.
const (
	Before   Relation = "before"    // an ancestor, or the same commit
	After    Relation = "after"     // a descendant
	Beside   Relation = "beside"    // of another branch, or of a history that was rewritten
	NotKnown Relation = "not_known" // the clone does not have what would tell
)

// Relation tells how a commit stands to another one, as Ancestry does, and
// where it is no ancestor whether the other one is.
func (r *Repo) Relation(commit, to string) (Relation, error) {
	forward, err := r.Ancestry(commit, to)
	switch {
	case err != nil:
		return "", err
	case forward == state.Ancestor:
		return Before, nil
	case forward == state.NotInClone:
		return NotKnown, nil
	}
	back, err := r.Ancestry(to, commit)
	switch {
	case err != nil:
		return "", err
	case back == state.Ancestor:
		return After, nil
	case back == state.NotInClone:
		return NotKnown, nil
	default:
		return Beside, nil
	}
}

// walk is a walk through the history of a commit, as far as it was needed.
type walk struct {
	git  func(plumbing.Hash) (*object.Commit, error)
	seen map[plumbing.Hash]bool
	next newest
	cut  bool // the clone ends before the history does
}

func (r *Repo) walk(from plumbing.Hash) (*walk, error) {
	if w, ok := r.walks[from]; ok {
		return w, nil
	}
	c, err := r.git.CommitObject(from)
	if err != nil {
		return nil, fmt.Errorf("reading commit %s: %w", from, err)
	}
	w := &walk{git: r.git.CommitObject, seen: map[plumbing.Hash]bool{from: true}, next: newest{c}}
	r.walks[from] = w
	return w, nil
}

// reaches goes on until the commit is seen, or nothing is left.
func (w *walk) reaches(wanted plumbing.Hash) (bool, error) {
	for !w.seen[wanted] && len(w.next) > 0 {
		c := heap.Pop(&w.next).(*object.Commit)
		for _, h := range c.ParentHashes {
			if w.seen[h] {
				continue
			}
			p, err := w.git(h)
			switch {
			case errors.Is(err, plumbing.ErrObjectNotFound):
				w.cut = true
			case err != nil:
				heap.Push(&w.next, c) // another question may find it readable
				return false, fmt.Errorf("walking through history at commit %s: %w", h, err)
			default:
				w.seen[h] = true
				heap.Push(&w.next, p)
			}
		}
	}
	return w.seen[wanted], nil
}

// newest is a heap of commits by committer's date.
type newest []*object.Commit

func (n newest) Len() int           { return len(n) }
func (n newest) Less(i, j int) bool { return n[i].Committer.When.After(n[j].Committer.When) }
func (n newest) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }

// Push is for container/heap.
func (n *newest) Push(c any) { *n = append(*n, c.(*object.Commit)) }

// Pop is for container/heap.
func (n *newest) Pop() any {
	last := len(*n) - 1
	c := (*n)[last]
	*n = (*n)[:last]
	return c
}
