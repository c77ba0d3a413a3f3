package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5"
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

// ErrNoRemote means that a repository has no remote to ask.
var ErrNoRemote = errors.New("the repository has no remote")

// Upstream is the remote of a branch as Git's configuration says (git-config,
// branch.NAME.remote and merge), else origin, and the branch's name there. A
// repository that Fetch gave is its own remote's.
func (r *Repo) Upstream(branch string, getenv func(string) string) (*Remote, string, error) {
	if r.remote != nil {
		return r.remote, branch, nil
	}
	c, err := r.git.Config()
	if err != nil {
		return nil, "", fmt.Errorf("reading Git's configuration: %w", err)
	}
	name := git.DefaultRemoteName
	if b, ok := c.Branches[branch]; ok && b.Remote != "" && b.Remote != "." {
		name = b.Remote
		if b.Merge != "" {
			branch = b.Merge.Short()
		}
	}
	of, ok := c.Remotes[name]
	if !ok || len(of.URLs) == 0 {
		return nil, "", fmt.Errorf("%w %s", ErrNoRemote, name)
	}
	m, err := NewRemote(of.URLs[0], getenv)
	return m, branch, err
}

// BranchOf is the branch that a revision is on by its name: that of HEAD, a
// local branch, or one of a remote. "" where it names none, like a SHA.
func (r *Repo) BranchOf(rev string) string {
	parts := revisionForm.FindStringSubmatch(rev)
	if parts == nil {
		return ""
	}
	name := parts[1]
	if name == headName || name == "@" {
		head, err := r.git.Reference(plumbing.HEAD, false)
		if err != nil || !head.Target().IsBranch() {
			return ""
		}
		return head.Target().Short()
	}
	short := strings.TrimPrefix(strings.TrimPrefix(name, "refs/"), "heads/")
	if _, err := r.git.Reference(plumbing.NewBranchReferenceName(short), false); err == nil {
		return short
	}
	remote, branch, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, "refs/"), "remotes/"), "/")
	if _, err := r.git.Reference(plumbing.NewRemoteReferenceName(remote, branch), false); err == nil {
		return branch
	}
	return ""
}

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
	s, err := r.apart(tip, commit, branch)
	return s, tip, err
}

// unbranched is the standing on a branch that the remote does not have: one that
// was never pushed, or is deleted there.
func (r *Repo) unbranched(m *Remote, branch, commit string) (Standing, string, error) {
	if r.pushed(branch, commit) {
		return "", "", fmt.Errorf("%s has no branch %s any more", m, branch)
	}
	return Ahead, "", nil
}

func anyTip(refs []*plumbing.Reference, commit string) Standing {
	for _, ref := range refs {
		if ref.Hash().String() == commit && ref.Name() != plumbing.HEAD && !strings.HasPrefix(ref.Name().String(), "refs/pull/") {
			return AtTip
		}
	}
	return Behind
}

// apart tells how a commit stands to a tip that is another one.
func (r *Repo) apart(tip, commit, branch string) (Standing, error) {
	a, err := r.Ancestry(tip, commit)
	if err != nil {
		return "", err
	}
	pushed := r.pushed(branch, commit)
	switch {
	case a == state.Ancestor && pushed:
		return MovedBack, nil
	case a == state.Ancestor:
		return Ahead, nil
	default:
		return Behind, nil
	}
}

// pushed reports whether the remote's branch had a commit when it was last
// fetched.
func (r *Repo) pushed(branch, commit string) bool {
	c, err := r.git.Config()
	if err != nil {
		return false
	}
	for name := range c.Remotes {
		ref, err := r.git.Reference(plumbing.NewRemoteReferenceName(name, branch), true)
		if err != nil {
			continue
		}
		if a, err := r.Ancestry(commit, ref.Hash().String()); err == nil && a == state.Ancestor {
			return true
		}
	}
	return false
}
