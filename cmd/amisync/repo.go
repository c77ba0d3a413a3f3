package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/pflag"
)

// remoteFlags say which amis.yaml of a repository elsewhere is meant.
type remoteFlags struct {
	url  string
	path string
}

func (f *remoteFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.url, "repo", "", "read the file from a repository elsewhere (https://… or git@host:…) instead of the work tree; its --rev, or else its HEAD")
	flags.StringVar(&f.path, "path", "amis.yaml", "with --repo: the file's path in that repository")
}

// load reads the file from where the flags say.
func (a *app) load(ctx context.Context, f *fileFlags) (config, error) {
	c, err := a.find(ctx, f)
	a.file = c.file
	return c, err
}

func (a *app) find(ctx context.Context, f *fileFlags) (config, error) {
	if f.remote.url == "" {
		return f.load()
	}
	m, err := gitrepo.NewRemote(f.remote.url, a.getenv)
	if err != nil {
		return config{}, fmt.Errorf("reading --repo: %w", err)
	}
	if f.rev == "" {
		f.rev = "HEAD"
	}
	f.file = f.remote.path
	repo, err := m.Fetch(ctx, f.rev)
	if err != nil {
		return config{}, err
	}
	return f.loadRemote(repo)
}

// loadRemote reads what was fetched. A file that is not there is an error of
// the command line, not of the file.
func (f *fileFlags) loadRemote(repo *gitrepo.Repo) (config, error) {
	path := strings.TrimPrefix(f.remote.path, "/")
	data, commit, err := repo.Read(f.rev, path)
	if err != nil {
		return config{}, fmt.Errorf("reading %s from a repository: %w", path, err)
	}
	file, err := spec.Parse(path, data)
	return config{file: file, repo: repo, rev: f.rev, origin: state.Config{Path: path, Commit: commit}}, err
}
