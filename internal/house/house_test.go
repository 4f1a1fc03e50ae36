package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/heedsms/heed/"

// allowed is the table of imports: a package may import what stands behind it, of this module, and nothing else.
var allowed = map[string]string{
	"internal/sms/walk":  "",
	"internal/sms":       "internal/sms/walk",
	"internal/fault":     "",
	"internal/config":    "",
	"internal/metrics":   "",
	"internal/ingress":   "internal/sms/walk",
	"internal/keywords":  "",
	"internal/optout":    "internal/keywords",
	"internal/program":   "internal/keywords internal/optout internal/sms",
	"internal/parking":   "internal/sms",
	"internal/outbox":    "internal/fault internal/metrics internal/sms",
	"internal/delivery":  "internal/fault internal/ingress internal/metrics internal/parking internal/sms",
	"internal/inbound":   "internal/fault internal/ingress internal/keywords internal/metrics internal/optout internal/outbox internal/parking internal/program internal/sms",
	"internal/upkeep":    "internal/metrics internal/outbox",
	"internal/reconcile": "internal/fault internal/optout internal/outbox internal/program internal/sms",
	"internal/ledger":    "",
	"internal/dossier":   "internal/ledger internal/optout internal/sms",
	"internal/bundle":    "internal/dossier",
	"internal/roster":    "internal/optout internal/sms",
	"internal/consent":   "internal/optout internal/sms",
	"internal/report":    "",
	"internal/vitals":    "",
	"internal/store":     "internal/consent internal/delivery internal/dossier internal/inbound internal/keywords internal/ledger internal/optout internal/outbox internal/parking internal/reconcile internal/report internal/roster internal/sms internal/upkeep internal/vitals",
	"internal/replay":    "internal/delivery internal/inbound internal/ingress internal/optout internal/outbox internal/parking internal/sms",
	"internal/stack":     "",
	"internal/plan":      "internal/fault internal/keywords internal/program internal/sms internal/stack",
	"internal/doctor":    "internal/plan internal/program internal/sms internal/stack internal/vitals",
	"internal/eum":       "internal/outbox internal/plan internal/reconcile internal/sms internal/vitals",
	"internal/cloud":     "internal/config internal/fault internal/outbox",
	"sql":                "",

	"internal/lambdahttp":     "",
	"internal/report/httpapi": "internal/consent internal/fault internal/lambdahttp internal/optout internal/program internal/report internal/report/page internal/sms",
	"internal/report/page":    "internal/consent internal/fault internal/report internal/sms",
	"internal/phone":          "internal/consent internal/report internal/report/page internal/sms",

	"internal/metrics/emftest": "",
	"internal/simulator":       "internal/sms",
	"internal/neighbours":      "",
	"internal/localdb":         "",
	"internal/localdb/dbtest":  "internal/localdb",
	"internal/localdb/pgproxy": "",
	"internal/lambdatest":      "",
	"internal/browsertest":     "",
	"internal/endtoend":        "",
	"internal/deployment":      "",
	"internal/upgrade":         "",
	"internal/release":         "",
	"internal/house":           "",
	"internal/bench":           "*",

	"cmd/inbound": "internal/cloud internal/config internal/eum internal/inbound internal/ingress internal/metrics internal/outbox internal/store",
	"cmd/events":  "internal/cloud internal/config internal/delivery internal/ingress internal/metrics internal/store",
	"cmd/relay":   "internal/cloud internal/config internal/eum internal/inbound internal/metrics internal/outbox internal/reconcile internal/store internal/upkeep",
	"cmd/reports": "internal/cloud internal/config internal/inbound internal/lambdahttp internal/program internal/report/httpapi internal/store",
	"cmd/migrate": "internal/cloud internal/config sql",
	"cmd/heed":    "*",
}

// deepest is the longest way from a command to what it rests on, in imports.
const deepest = 5

// pure are the packages, and the files of others, that decide: they see no AWS, no database, no context.
var pure = []string{
	"internal/sms/", "internal/keywords/", "internal/optout/", "internal/program/",
	"internal/inbound/decide.go", "internal/inbound/words.go", "internal/delivery/fold.go", "internal/delivery/evidence.go",
	"internal/report/timeline.go", "internal/outbox/action.go", "internal/outbox/context.go", "internal/parking/", "internal/consent/", "internal/ledger/", "internal/dossier/", "internal/roster/",
	"internal/report/spec.go", "internal/report/specs.go", "internal/report/query.go",
	"internal/reconcile/compare.go", "internal/reconcile/lists.go", "internal/vitals/", "internal/doctor/",
	"internal/stack/", "internal/plan/found.go", "internal/plan/wanted.go", "internal/plan/compare", "internal/plan/change.go",
}

// clocks are the places that may ask what time it is: commands, and what is never deployed.
var clocks = []string{"cmd/", "internal/bench/", "internal/simulator/", "internal/neighbours/", "internal/localdb/", "internal/lambdatest/", "internal/browsertest/"}

type file struct {
	path string // from the module's root
	ast  *ast.File
}

func (f file) pkg() string { return filepath.ToSlash(filepath.Dir(f.path)) }

func (f file) imports() []string {
	var paths []string
	for _, i := range f.ast.Imports {
		paths = append(paths, strings.Trim(i.Path.Value, `"`))
	}
	return paths
}

// files are the module's Go files that are not tests.
func files(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (name == "testdata" || name == "tools" || strings.HasPrefix(name, ".")):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		all = append(all, file{filepath.ToSlash(relative), parsed})
		return err
	})
	if err != nil || len(all) < 50 {
		t.Fatalf("%d files: %v", len(all), err)
	}
	return all
}

func under(path string, places []string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return strings.HasPrefix(path, p) })
}

// Imports go one way, as the table says.
func TestImports(t *testing.T) {
	t.Parallel()
	graph := map[string]map[string]bool{}
	for _, f := range files(t) {
		may, listed := allowed[f.pkg()]
		if !listed {
			t.Errorf("%s: package %s is not in the table of allowed imports", f.path, f.pkg())
		}
		if graph[f.pkg()] == nil {
			graph[f.pkg()] = map[string]bool{}
		}
		for _, i := range f.imports() {
			own, ok := strings.CutPrefix(i, module)
			if !ok {
				continue
			}
			graph[f.pkg()][own] = true
			if may != "*" && !slices.Contains(strings.Fields(may), own) {
				t.Errorf("%s imports %s, which the table does not allow", f.path, own)
			}
		}
	}
	var depth func(string) int
	depth = func(p string) int {
		d := 0
		for i := range graph[p] {
			d = max(d, 1+depth(i))
		}
		return d
	}
	for _, p := range slices.Sorted(maps.Keys(graph)) {
		if d := depth(p); d > deepest {
			t.Errorf("%s rests on a chain of %d imports, more than %d", p, d, deepest)
		}
	}
}

// What decides sees no AWS type, no database, no context; what is deployed asks for the time in its main only.
func TestPurity(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		if under(f.path, pure) {
			for _, i := range f.imports() {
				if i == "context" || i == "os" || strings.HasPrefix(i, "github.com/aws/") || strings.HasPrefix(i, "github.com/jackc/") {
					t.Errorf("%s decides and imports %s", f.path, i)
				}
			}
		}
		if under(f.path, clocks) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Now" || s.Sel.Name == "Since" || s.Sel.Name == "Until") {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" {
					t.Errorf("%s calls time.%s: take the time as an argument or a field", f.path, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// Every package says what it is for, and no drawer is opened.
func TestPackages(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, f := range files(t) {
		documented[f.pkg()] = documented[f.pkg()] || f.ast.Doc != nil
		switch filepath.Base(f.pkg()) {
		case "utils", "util", "common", "helpers", "helper", "misc", "shared":
			t.Errorf("%s: a drawer has no question that it answers", f.path)
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function", f.path)
			}
		}
	}
	for p, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", p)
		}
	}
}
