package lambdatest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// Build compiles the main package pkg of the module at moduleDir into the file out, for this machine and otherwise
// with the flags of a deployment. The error holds the compiler's output.
func Build(ctx context.Context, moduleDir, pkg, out string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w", "-o", out, pkg)
	cmd.Dir = moduleDir
	// With cgo the binary would need the C library of the machine that built it, which Lambda does not have.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", pkg, err, output)
	}
	return nil
}
