package gitrepo

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// overSSH serves a repository as sshd and git-upload-pack do, to one key.
func overSSH(t *testing.T, allowed ssh.PublicKey) (s served, hostKey ssh.PublicKey) {
	t.Helper()
	s, root := newServed(t)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	host, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if string(key.Marshal()) != string(allowed.Marshal()) {
			return nil, fmt.Errorf("key %s is not known", ssh.FingerprintSHA256(key))
		}
		return nil, nil
	}}
	config.AddHostKey(host)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serveSSH(c, config, root)
		}
	}()
	s.url = "ssh://git@" + l.Addr().String() + "/images.git"
	return s, host.PublicKey()
}

// serveSSH runs the one program that Git asks for.
func serveSSH(c net.Conn, config *ssh.ServerConfig, root string) {
	_, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, asked, err := offered.Accept()
		if err != nil {
			return
		}
		for r := range asked {
			var command struct{ Text string }
			if r.Type != "exec" || ssh.Unmarshal(r.Payload, &command) != nil || !strings.HasPrefix(command.Text, "git-upload-pack ") {
				_ = r.Reply(r.Type != "exec", nil)
				continue
			}
			_ = r.Reply(true, nil)
			path := strings.Trim(strings.TrimPrefix(command.Text, "git-upload-pack "), "'")
			program := exec.Command("git", "upload-pack", filepath.Join(root, path))
			program.Stdin, program.Stdout, program.Stderr = channel, channel, channel.Stderr()
			status := struct{ Code uint32 }{}
			if program.Run() != nil {
				status.Code = 128
			}
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(status))
			_ = channel.Close()
		}
	}
}

// keyIn writes a key without passphrase where ssh has it.
func keyIn(t *testing.T, home string) ssh.PublicKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, ".ssh")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "id_ed25519"), pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestRemoteOverSSH(t *testing.T) {
	home, stranger := t.TempDir(), t.TempDir()
	s, host := overSSH(t, keyIn(t, home))
	keyIn(t, stranger)
	one := s.commit("amis.yaml", "one")
	s.push()
	address := strings.TrimSuffix(strings.TrimPrefix(s.url, "ssh://git@"), "/images.git")
	name, port, _ := net.SplitHostPort(address)
	known := filepath.Join(home, "known_hosts")
	line := fmt.Sprintf("[%s]:%s %s", name, port, ssh.MarshalAuthorizedKey(host))
	if err := os.WriteFile(known, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSH_KNOWN_HOSTS", known)
	env := map[string]string{"HOME": home}
	reads(t, fetch(t, remote(t, s.url, env), ""), "HEAD", "amis.yaml", "one", one)

	if _, err := remote(t, s.url, map[string]string{"HOME": stranger}).Fetch(t.Context(), ""); err == nil {
		t.Error("a key that the server does not know is taken")
	}
	if err := os.WriteFile(known, []byte(strings.Replace(line, name, "192.0.2.1", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := remote(t, s.url, env).Fetch(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "knownhosts") {
		t.Errorf("a host that is not known: %v", err)
	}
}
