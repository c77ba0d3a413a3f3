package gitrepo

import (
	"context"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/amisync/amisync/pkg/state"
)

// Standing is how a commit stands to the tip of its branch at the remote.
type Standing string

// Standings.
const (
	AtTip     Standing = "at_tip"     // the newest; where no branch is named: of some branch, or a tag
	Ahead     Standing = "ahead"      // the tip's descendant, and not pushed yet
	Behind    Standing = "behind"     // older than the tip, or of other history
	MovedBack Standing = "moved_back" // the branch had this commit, and now ends before it
)

// Standing asks the remote, and tells how a commit stands to the tip of the
// branch there, and which commit that is. Without a branch any tip will do.
func (r *Repo) Standing(ctx context.Context, m *Remote, branch, commit string) (Standing, string, error) {
	refs, err := m.references(ctx)
	if err != nil {
		return "", "", err
	}
	if branch == "" {
		return anyTip(refs, commit), "", nil
	}
	tip := ""
	for _, ref := range refs {
		if ref.Name() == plumbing.NewBranchReferenceName(branch) {
			tip = ref.Hash().String()
		}
	}
	switch tip {
	case "":
		return r.unbranched(m, branch, commit)
	case commit:
		return AtTip, tip, nil
	}
	a, err := r.Ancestry(tip, commit)
	if err != nil {
		return "", tip, err
	}
	return apart(a, r.pushed(m, branch, commit)), tip, nil
}

// unbranched is the standing on a branch that the remote does not have: one that
// was never pushed, or is deleted there.
func (r *Repo) unbranched(m *Remote, branch, commit string) (Standing, string, error) {
	if r.pushed(m, branch, commit) {
		return "", "", fmt.Errorf("%s has no branch %s any more", m, branch)
	}
	return Ahead, "", nil
}

// anyTip looks among branches and tags, annotated ones by what they name. Other
// references are the host's own, such as refs/pull and refs/pipelines.
func anyTip(refs []*plumbing.Reference, commit string) Standing {
	for _, ref := range refs {
		if ref.Hash().String() == commit && (ref.Name().IsBranch() || ref.Name().IsTag()) {
			return AtTip
		}
	}
	return Behind
}

// apart tells how a commit stands to a tip that is another one, by whether the
// tip is in its history, and whether the remote's branch once had it.
func apart(tip state.Ancestry, pushed bool) Standing {
	switch {
	case tip == state.Ancestor && pushed:
		return MovedBack
	case tip == state.Ancestor:
		return Ahead
	default:
		return Behind
	}
}

// pushed reports whether the remote's branch had a commit when it was last
// fetched. What another remote had, such as somebody's fork, says nothing of it.
func (r *Repo) pushed(m *Remote, branch, commit string) bool {
	ref, err := r.git.Reference(plumbing.NewRemoteReferenceName(m.name, branch), true)
	if err != nil {
		return false
	}
	a, err := r.Ancestry(commit, ref.Hash().String())
	return err == nil && a == state.Ancestor
}
