package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"
)

// ErrNoRepository means that a path is in no Git repository.
var ErrNoRepository = errors.New("not in a Git repository")

// ErrNoFile means that a revision does not have the file.
var ErrNoFile = errors.New("there is no file")

// Repo is a Git repository on this machine, or what was fetched of a remote one.
// It may be used by several goroutines; one reads at a time.
type Repo struct {
	fetched

	git     *git.Repository
	objects objects
	root    string // of the work tree, without symbolic links; the repository itself when bare
	bare    bool

	mu    sync.Mutex
	walks map[plumbing.Hash]*walk
}

// fetched is what there is of a remote repository.
type fetched struct {
	remote *Remote // nil on this machine
	memory *memory.Storage
	own    []config.RefSpec // the branch or tag that the revision names
	whole  bool             // all branches and tags: nothing more to fetch
}

// Open finds the repository that a file or directory is in; the file need not
// exist. Linked work trees, submodules and shallow clones are repositories, and
// so is a bare one, named by its own directory. Outside of any the error is
// ErrNoRepository.
func Open(path string) (*Repo, error) {
	resolved, err := realPath(path)
	if err != nil {
		return nil, err
	}
	found, err := locate(resolved)
	if err != nil {
		return nil, err
	}
	s, err := found.storage()
	if err != nil {
		return nil, err
	}
	repo, err := git.Open(s, nil)
	switch {
	case errors.Is(err, git.ErrRepositoryNotExists):
		return nil, fmt.Errorf("%w: %s has no HEAD", ErrNoRepository, found.dir)
	case errors.Is(err, git.ErrUnknownExtension):
		return nil, fmt.Errorf("reading the repository %s: it uses a Git extension that amisync cannot read: %w", found.root, err)
	case err != nil:
		return nil, fmt.Errorf("reading the repository %s: %w", found.root, err)
	}
	return &Repo{git: repo, objects: s, root: found.root, bare: found.bare, walks: map[plumbing.Hash]*walk{}}, nil
}

// Path is a file's path in the repository, with slashes. A symbolic link is
// followed: its target is what is read and compared.
func (r *Repo) Path(file string) (string, error) {
	resolved, err := realPath(file)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(r.root, resolved)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is not in the repository %s", file, r.root)
	}
	return filepath.ToSlash(rel), nil
}

// realPath is the absolute path without symbolic links, of as much of it as
// exists.
func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", path, err)
	}
	var rest string
	for dir := abs; ; dir = filepath.Dir(dir) {
		resolved, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return filepath.Join(resolved, rest), nil
		}
		if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return "", fmt.Errorf("finding %s: %w", path, err)
		}
		rest = filepath.Join(filepath.Base(dir), rest)
	}
}
