package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/spf13/cobra"
)

// sandboxFlags describe the simulated AWS to serve.
type sandboxFlags struct {
	listen string
	remote bool
	file   string
	scene  string
	state  string
	speed  float64
}

func newSandbox(a *app) *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve a simulated AWS, for rehearsals and for tests of AMI tools",
		Long: `Serves EC2's AMI calls, STS, SSM, KMS and Service Quotas on one endpoint. Region
and account are told from the request's signature: an access key id of twelve
digits is that account. Signatures are not verified.

docs/sandbox.md has the scene file, the control endpoints and what is assumed.`,
		Example: `  amisync sandbox --listen 127.0.0.1:4599 -f amis.yaml --speed 600
  AWS_ENDPOINT_URL=http://127.0.0.1:4599 AWS_ACCESS_KEY_ID=111122223333 \
    AWS_SECRET_ACCESS_KEY=sandbox AWS_REGION=us-east-1 amisync plan
  amisync sandbox clock --advance 8d`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cloud, err := f.open()
			if err != nil {
				return err
			}
			return errors.Join(a.serve(cmd.Context(), f, cloud), cloud.Close())
		},
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:4599", "the address to serve on")
	cmd.Flags().BoolVar(&f.remote, "allow-remote", false, "serve on an address that others can reach; there is no authentication")
	cmd.Flags().StringVarP(&f.file, "file", "f", "", "an amis.yaml whose sources and keys are there")
	cmd.Flags().StringVar(&f.scene, "scene", "", "a scene file: accounts, Regions, images, keys, references, quotas, faults")
	cmd.Flags().StringVar(&f.state, "state", "", "keep the state in this file between runs")
	cmd.Flags().Float64Var(&f.speed, "speed", 1, "how much faster than real time the clock runs: 600 is an hour in six seconds")
	cmd.MarkFlagsMutuallyExclusive("file", "scene")
	cmd.AddCommand(newSandboxClock(a))
	return cmd
}

func (f sandboxFlags) open() (*sandbox.Cloud, error) {
	scene, err := f.readScene()
	if err != nil {
		return nil, err
	}
	if f.state == "" {
		return sandbox.New(scene, sandbox.WithSpeed(f.speed))
	}
	return sandbox.Open(f.state, scene, sandbox.WithSpeed(f.speed), sandbox.WithDurableWrites())
}

func (f sandboxFlags) readScene() (sandbox.Scene, error) {
	switch {
	case f.file != "":
		c, err := fileFlags{file: f.file}.load()
		if err != nil {
			return sandbox.Scene{}, err
		}
		return seed(c.desired()), nil
	case f.scene != "":
		r, err := os.Open(f.scene)
		if err != nil {
			return sandbox.Scene{}, fmt.Errorf("reading the scene: %w", err)
		}
		scene, err := sandbox.ParseScene(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return sandbox.Scene{}, fmt.Errorf("reading the scene %s: %w", f.scene, err)
		}
		return scene, nil
	default:
		return sandbox.Scene{}, nil
	}
}

// shutdownGrace is how long requests under way may take after the first signal.
const shutdownGrace = 5 * time.Second

func (a *app) serve(ctx context.Context, f sandboxFlags, cloud http.Handler) error {
	listener, err := f.bind(ctx)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           cloud,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	fmt.Fprintf(a.out, "The sandbox listens on http://%s. Point AWS_ENDPOINT_URL at it; Ctrl-C ends it.\n", listener.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the sandbox: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err = server.Shutdown(grace)
	if serr := <-ended; !errors.Is(serr, http.ErrServerClosed) {
		err = errors.Join(err, serr)
	}
	return err
}

// bind listens on loopback, or elsewhere where that was asked for.
func (f sandboxFlags) bind(ctx context.Context) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", f.listen, err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() && !f.remote {
		err := fmt.Errorf("refusing to listen on %s: others can reach it and the sandbox has no authentication (--allow-remote lifts this)", f.listen)
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}
