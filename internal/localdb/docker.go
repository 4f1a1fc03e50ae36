package localdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	dockerImage = "postgres:17-alpine"
	// dockerPatience leaves time to fetch the image.
	dockerPatience = 5 * time.Minute
)

// dockerAnswers says whether there is a docker whose engine runs.
func dockerAnswers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "info").Run() == nil
}

// startContainer runs Postgres in the foreground of a docker client that we watch as we watch a Postgres of our own:
// docker hands our signals on, and --rm removes what is left.
func startContainer(ctx context.Context, opts Options) (*Server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	cmd := exec.Command("docker", dockerArgs(port, opts.Fsync)...) //nolint:noctx // outlives its start
	// Only the variable's name is on the command line, which every user of the machine can read.
	cmd.Env = append(os.Environ(), "POSTGRES_PASSWORD="+password)
	cmd.SysProcAttr = attributes(nil)
	running, err := launch(cmd, opts.Log)
	if err != nil {
		return nil, err
	}
	dsn := localURL(password, port)
	version, err := awaitRelease(ctx, running, dsn, dockerPatience)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting Postgres in docker: %w", err), running.stop())
	}
	return &Server{
		url: dsn, about: "in docker, image " + dockerImage, release: version,
		halt: running.stop, created: map[string]struct{}{},
	}, nil
}

func dockerArgs(port int, fsync bool) []string {
	args := []string{
		"run", "--rm", "--name", placePrefix + strings.ToLower(rand.Text()[:12]),
		"-p", fmt.Sprintf("127.0.0.1:%d:5432", port), "-e", "POSTGRES_PASSWORD",
	}
	if !fsync {
		args = append(args, "--tmpfs", "/var/lib/postgresql/data")
	}
	args = append(args, dockerImage, "-c", "max_connections=200", "-c", "timezone=UTC")
	return append(args, durability(fsync)...)
}
