package gitrepo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
)

// ErrNoRemote means that a repository has no remote to ask.
var ErrNoRemote = errors.New("the repository has no remote")

// Branch is a branch as a revision names it.
type Branch struct {
	Name   string // "" where none is named
	Remote string // by its name in Git's configuration; "" of a local branch
}

// BranchOf is the branch that a revision is on by its name: that of HEAD, a
// local branch, or one of a remote. A SHA names none.
func (r *Repo) BranchOf(rev string) Branch {
	parts := revisionForm.FindStringSubmatch(rev)
	if parts == nil {
		return Branch{}
	}
	name := parts[1]
	if name == headName || name == "@" {
		return r.checkedOut()
	}
	short := strings.TrimPrefix(strings.TrimPrefix(name, "refs/"), "heads/")
	if _, err := r.git.Reference(plumbing.NewBranchReferenceName(short), false); err == nil {
		return Branch{Name: short}
	}
	remote, branch, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, "refs/"), "remotes/"), "/")
	if _, err := r.git.Reference(plumbing.NewRemoteReferenceName(remote, branch), false); err == nil {
		return Branch{Name: branch, Remote: remote}
	}
	return Branch{}
}

// checkedOut is the branch of HEAD; none where that is detached.
func (r *Repo) checkedOut() Branch {
	head, err := r.git.Reference(plumbing.HEAD, false)
	if err != nil || !head.Target().IsBranch() {
		return Branch{}
	}
	return Branch{Name: head.Target().Short()}
}

// Upstream is the remote of a branch, and the branch's name there: of a local
// branch as Git's configuration says (git-config, branch.NAME.remote and merge),
// else origin. A repository that Fetch gave is its own remote's.
func (r *Repo) Upstream(b Branch, getenv func(string) string) (*Remote, string, error) {
	if r.remote != nil {
		return r.remote, b.Name, nil
	}
	c, err := r.git.Config()
	if err != nil {
		return nil, "", fmt.Errorf("reading Git's configuration: %w", err)
	}
	b = followed(b, c)
	of, ok := c.Remotes[b.Remote]
	if !ok || len(of.URLs) == 0 {
		return nil, "", fmt.Errorf("%w %s", ErrNoRemote, b.Remote)
	}
	m, err := NewRemote(of.URLs[0], getenv)
	if err != nil {
		return nil, b.Name, err
	}
	m.name = b.Remote
	return m, b.Name, nil
}

// followed is the remote's branch that a local one follows; a remote's branch
// is itself.
func followed(b Branch, c *config.Config) Branch {
	if b.Remote != "" {
		return b
	}
	of, ok := c.Branches[b.Name]
	switch {
	case !ok || of.Remote == "" || of.Remote == ".":
		return Branch{Name: b.Name, Remote: git.DefaultRemoteName}
	case of.Merge == "":
		return Branch{Name: b.Name, Remote: of.Remote}
	default:
		return Branch{Name: of.Merge.Short(), Remote: of.Remote}
	}
}
