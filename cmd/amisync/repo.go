package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/pflag"
)

// defaultFile is the file that is meant where none is named.
const defaultFile = "amis.yaml"

// remoteFlags say which amis.yaml of a repository elsewhere is meant.
type remoteFlags struct {
	url  string
	path string
}

func (f *remoteFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.url, "repo", "", "read the file from a repository elsewhere (https://… or git@host:…) instead of the work tree; its --rev, or else its HEAD")
	flags.StringVar(&f.path, "path", "", "with --repo: the file's path in that repository (default amis.yaml)")
}

// fetchingTime bounds how long a repository may take to answer.
const fetchingTime = 10 * time.Minute

// load reads the file from where the flags say.
func (a *app) load(ctx context.Context, f *fileFlags) (config, error) {
	c, err := a.find(ctx, f)
	a.file, a.read = c.file, f.file
	return c, err
}

func (a *app) find(ctx context.Context, f *fileFlags) (config, error) {
	switch {
	case f.remote.url == "" && f.remote.path != "":
		return config{}, errors.New("--path goes with --repo: a file of the work tree is named by --file")
	case f.remote.url == "":
		return f.load()
	case f.file != "" && f.file != defaultFile:
		return config{}, errors.New("--file names a file of the work tree: with --repo say --path")
	}
	m, err := gitrepo.NewRemote(f.remote.url, a.getenv)
	if err != nil {
		return config{}, fmt.Errorf("reading --repo: %w", err)
	}
	if f.rev == "" {
		f.rev = "HEAD"
	}
	f.file = strings.TrimPrefix(cmp.Or(f.remote.path, defaultFile), "/")
	ctx, cancel := context.WithTimeout(ctx, fetchingTime)
	defer cancel()
	repo, err := m.Fetch(ctx, f.rev)
	if err != nil {
		return config{}, err
	}
	return f.loadRemote(repo)
}

// loadRemote reads what was fetched. A file that is not there is an error of
// the command line, not of the file.
func (f *fileFlags) loadRemote(repo *gitrepo.Repo) (config, error) {
	data, commit, err := repo.Read(f.rev, f.file)
	if err != nil {
		return config{}, fmt.Errorf("reading %s from a repository: %w", f.file, err)
	}
	file, err := spec.Parse(f.file, data)
	return config{file: file, repo: repo, rev: f.rev, origin: state.Config{Path: f.file, Commit: commit}}, err
}
