package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/pflag"
)

// fileFlags say which amis.yaml is meant.
type fileFlags struct {
	file       string
	rev        string
	remote     remoteFlags
	allowDirty bool
}

func (f *fileFlags) register(flags *pflag.FlagSet) {
	flags.StringVarP(&f.file, "file", "f", defaultFile, "the file to work from")
	flags.StringVar(&f.rev, "rev", "", "read the file at a Git revision (branch, tag, SHA, HEAD~1) instead of the work tree")
	f.remote.register(flags)
}

func (f *fileFlags) registerDirty(flags *pflag.FlagSet) {
	flags.BoolVar(&f.allowDirty, "allow-dirty", false, "work from a file that is not committed as it stands")
}

// config is amis.yaml as it was read.
type config struct {
	file   *spec.File
	origin state.Config
	rev    string        // what it was read at; "": the work tree
	repo   *gitrepo.Repo // nil outside of a repository
	dirty  bool          // in a repository, and not what its last commit has
}

// desired is the file with defaults merged.
func (c config) desired() state.Desired { return c.file.Desired(c.origin) }

// load reads the file from the work tree, or at a revision.
func (f fileFlags) load() (config, error) {
	repo, err := gitrepo.Open(f.file)
	if errors.Is(err, gitrepo.ErrNoRepository) {
		return f.loadPlain()
	}
	if err != nil {
		return config{}, fmt.Errorf("opening the repository of %s: %w", f.file, err)
	}
	path, err := repo.Path(f.file)
	if err != nil {
		return config{}, fmt.Errorf("finding %s in its repository: %w", f.file, err)
	}
	if f.rev != "" {
		return f.loadRevision(repo, path)
	}
	return f.loadWorkTree(repo, path)
}

func (f fileFlags) loadPlain() (config, error) {
	if f.rev != "" {
		return config{}, fmt.Errorf("reading %s at revision %s: it is in no Git repository", f.file, f.rev)
	}
	file, err := f.parse()
	return config{file: file, origin: state.Config{Path: filepath.Base(f.file)}}, err
}

func (f fileFlags) loadRevision(repo *gitrepo.Repo, path string) (config, error) {
	data, commit, err := repo.Read(f.rev, path)
	if err != nil {
		return config{}, fmt.Errorf("reading %s at revision %s: %w", f.file, f.rev, err)
	}
	file, err := spec.Parse(f.file, data)
	return config{file: file, repo: repo, rev: f.rev, origin: state.Config{Path: path, Commit: commit}}, err
}

func (f fileFlags) loadWorkTree(repo *gitrepo.Repo, path string) (config, error) {
	file, err := f.parse()
	if err != nil {
		return config{}, err
	}
	clean, err := repo.Clean(path)
	if err != nil {
		return config{}, fmt.Errorf("comparing %s with its last commit: %w", f.file, err)
	}
	c := config{file: file, repo: repo, dirty: !clean, origin: state.Config{Path: path}}
	if clean {
		c.origin.Commit, err = repo.Head()
	}
	return c, err
}

func (f fileFlags) parse() (*spec.File, error) {
	data, err := os.ReadFile(f.file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, spec.Diagnostics{{File: f.file, Line: 1, Column: 1, Message: "there is no such file: name yours with --file"}}
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.file, err)
	}
	return spec.Parse(f.file, data)
}

// requireCommitted refuses to change AWS from a file that nobody can look up
// later. In the sandbox anything goes.
func (a *app) requireCommitted(c config, f fileFlags, sandboxed bool) error {
	switch {
	case sandboxed || f.allowDirty:
		return nil
	case c.repo == nil:
		a.warn("%s is in no Git repository: the copies will not say which commit made them", f.file)
		return nil
	case c.dirty:
		return fmt.Errorf("%s differs from its last commit: commit it, or say --allow-dirty", f.file)
	default:
		return nil
	}
}
