package doctor_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/stack"
	"github.com/heedsms/heed/internal/vitals"
)

func page(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// docs/doctor.md has a row for each code and no other, and a section for each group.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (?:error|warning|advice) \\|").FindAllStringSubmatch(page(t), -1) {
		if documented[row[1]] {
			t.Errorf("%s has two rows", row[1])
		}
		documented[row[1]] = true
	}
	codes := codesOf(t)
	for code := range codes {
		if !documented[code] {
			t.Errorf("%s has no row in docs/doctor.md", code)
		}
	}
	for code := range documented {
		if !codes[code] {
			t.Errorf("docs/doctor.md has a row for %s, which is no code", code)
		}
	}
	for _, g := range doctor.Groups() {
		if !strings.Contains(page(t), "\n## "+string(g)+"\n") {
			t.Errorf("%s has no section in docs/doctor.md", g)
		}
	}
}

// codesOf are the constants under the comments "The codes of …": the package's own, and those of a plan.
func codesOf(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, name := range append(files, "../plan/change.go") {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			block, ok := d.(*ast.GenDecl)
			if !ok || block.Tok != token.CONST || !strings.HasPrefix(block.Doc.Text(), "The codes of") {
				continue
			}
			for _, s := range block.Specs {
				code, err := strconv.Unquote(s.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
				if err != nil || codes[code] {
					t.Errorf("%s: code %q twice: %v", name, code, err)
				}
				codes[code] = true
			}
		}
	}
	if len(codes) < 60 {
		t.Errorf("%d codes", len(codes))
	}
	return codes
}

// Every right that is simulated for an operator is written where the finding sends them, and those to change something are
// what heed apply needs, and no more.
func TestOperatorNeedsAreDocumented(t *testing.T) {
	t.Parallel()
	text := page(t)
	needs := doctor.OperatorNeeds(vitals.Caller{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/me", Region: "us-east-1"},
		stack.Stack{EventsStreamRole: "arn:r"}, doctor.Resources{Identities: []string{"arn:aws:sms-voice:us-east-1:111122223333:pool/p", "arn:n"}, Sets: []string{"s"}})
	changing := map[string]bool{}
	for _, n := range needs {
		for _, action := range n.Actions {
			if name, ok := strings.CutPrefix(action, "sms-voice:"); ok && !strings.HasPrefix(name, "Describe") && !strings.HasPrefix(name, "List") {
				changing[name] = true
			}
			if !strings.Contains(text, "`"+action+"`") {
				t.Errorf("docs/doctor.md does not tell of %s", action)
			}
		}
	}
	for _, a := range []plan.Action{
		plan.CreateList{},
		plan.CreateSet{},
		plan.SetMessageType{},
		plan.CreateDestination{},
		plan.UpdateDestination{},
		plan.PutKeyword{},
		plan.DeleteKeyword{},
		plan.UpdateIdentity{Kind: plan.Number},
		plan.UpdateIdentity{Kind: plan.Pool},
	} {
		if !changing[plan.Operation(a)] {
			t.Errorf("heed apply calls %s, and nobody looks whether the operator may", plan.Operation(a))
		}
		delete(changing, plan.Operation(a))
	}
	if len(changing) > 0 {
		t.Errorf("an operator is asked for rights that heed apply does not need: %v", changing)
	}
}
