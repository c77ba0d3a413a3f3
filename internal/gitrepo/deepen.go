package gitrepo

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
)

// Deepen brings the whole history of all branches and tags of a repository that
// Fetch gave, which may be asked for any of them then. Others have all they will
// ever have.
func (r *Repo) Deepen(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fetchRest(ctx)
}

// DeepenTo brings as much history of a repository that Fetch gave as tells how
// commits relate to the revision: that of its own branch or tag, and only where
// this lacks one of them that of all others, which may have it.
func (r *Repo) DeepenTo(ctx context.Context, commits ...string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.remote == nil || r.whole {
		return nil
	}
	if err := r.fetchOwn(ctx); err != nil {
		return err
	}
	if !slices.ContainsFunc(commits, r.lacks) {
		return nil
	}
	return r.fetchRest(ctx)
}

// lacks reports whether a commit may be found where nothing was fetched yet.
func (r *Repo) lacks(commit string) bool {
	if !plumbing.IsHash(commit) {
		return false // a tag's value, which people can change
	}
	_, err := r.git.CommitObject(plumbing.NewHash(commit))
	return err != nil
}

// fetchOwn completes the history of what the revision names.
func (r *Repo) fetchOwn(ctx context.Context) error {
	if !r.Shallow() {
		return nil
	}
	return r.fetchAnew(ctx, r.own)
}

// fetchRest completes the history of all branches and tags. What is there is
// not fetched twice, but for a shallow history: go-git cannot deepen one.
func (r *Repo) fetchRest(ctx context.Context) error {
	if r.remote == nil || r.whole {
		return nil
	}
	rest := r.fetchMore
	if r.Shallow() {
		rest = r.fetchAnew
	}
	if err := rest(ctx, everything()); err != nil {
		return err
	}
	r.whole = true
	return nil
}

func (r *Repo) fetchMore(ctx context.Context, specs []config.RefSpec) error {
	r.walks = map[plumbing.Hash]*walk{}
	return r.remote.fetch(ctx, r.memory, specs, 0)
}

func (r *Repo) fetchAnew(ctx context.Context, specs []config.RefSpec) error {
	head, err := r.git.Reference(plumbing.HEAD, false)
	if err != nil {
		return fmt.Errorf("reading HEAD of %s: %w", r.remote, err)
	}
	deep, err := r.remote.clone(ctx, specs, 0, head)
	if err != nil {
		return err
	}
	r.git, r.objects, r.memory, r.walks = deep.git, deep.objects, deep.memory, deep.walks
	return nil
}

// Shallow reports whether the clone ends before the history does.
func (r *Repo) Shallow() bool {
	shallow, err := r.git.Storer.Shallow()
	return err == nil && len(shallow) > 0
}
