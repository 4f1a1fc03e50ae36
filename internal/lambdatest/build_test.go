package lambdatest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/lambdatest"
)

func TestBuildQuotesTheCompiler(t *testing.T) {
	t.Parallel()
	err := lambdatest.Build(t.Context(), ".", "./testdata/nothing", filepath.Join(t.TempDir(), "bootstrap"))
	if err == nil || !strings.Contains(err.Error(), "testdata/nothing") {
		t.Errorf("error %v", err)
	}
}

func BenchmarkInvoke(b *testing.B) {
	f, err := lambdatest.Start(b.Context(), lambdatest.Config{Binary: binary})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for b.Loop() {
		if _, err := f.Invoke(b.Context(), []byte(`{"text":"hello"}`)); err != nil {
			b.Fatal(err)
		}
	}
}
