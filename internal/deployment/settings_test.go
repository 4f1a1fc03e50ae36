package deployment

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/config"
)

// unset are settings that the template leaves at their defaults, with the reason.
var unset = map[string]string{
	"DATABASE_URL":             "it holds a password",
	"HEED_DEADLINE_MARGIN":     "of interest to who changes a function's timeout",
	"HEED_RULESET_TTL":         "seconds more or less after heed apply",
	"HEED_METRICS":             "on in Lambda",
	"AWS_LAMBDA_FUNCTION_NAME": "Lambda sets it",
	"HEED_PARALLEL_CALLS":      "within one batch of ten texts",
	"HEED_RELAY_BATCH":         "tuned to the relay's timeout, which the template sets",
	"HEED_NO_RECEIPT_AFTER":    "AWS's 72 hours and a margin",
	"HEED_REPORTS_TIMEOUT":     "tuned to the function's timeout, which the template sets",
}

// Each function is given settings that its command reads, and all of them but those above.
func TestSettings(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	structs := map[string]any{"Inbound": config.Inbound{}, "Events": config.Events{}, "Relay": config.Relay{}, "Reports": config.Reports{}, "Migrate": config.Migrate{}}
	used := map[string]bool{}
	for name := range functions(t, tpl) {
		settings, ok := structs[loaded(t, command(name))]
		if !ok {
			t.Fatalf("%s: cmd/%s loads no settings that are known here", name, command(name))
		}
		read := variables(reflect.TypeOf(settings))
		given := maps.Clone(fields(at(tpl, "Globals", "Function", "Environment", "Variables")))
		maps.Copy(given, fields(at(of(tpl, "AWS::Serverless::Function")[name], "Environment", "Variables")))
		for variable := range given {
			if !slices.Contains(read, variable) {
				t.Errorf("%s is given %s, which its command does not read", name, variable)
			}
			if unset[variable] != "" {
				t.Errorf("%s is given %s, and this test says that it is not: %s", name, variable, unset[variable])
			}
		}
		for _, variable := range read {
			if _, ok := given[variable]; !ok && unset[variable] == "" {
				t.Errorf("%s is not given %s", name, variable)
			}
			used[variable] = true
		}
	}
	for variable := range unset {
		if !used[variable] {
			t.Errorf("no command reads %s any more", variable)
		}
	}
}

// loaded is the struct that a command reads its settings into.
func loaded(t *testing.T, command string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "cmd", command, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var found string
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`var settings config\.(\w+)`).FindSubmatch(b); m != nil {
			found = string(m[1])
		}
	}
	return found
}

// A setting that is a parameter as it stands is the parameter of its name: nothing else tells days of one thing from days
// of another.
func TestSettingsAreTheirParameters(t *testing.T) {
	t.Parallel()
	plain := func(name string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "HEED_", "", "DB_", "DATABASE").Replace(name))
	}
	found := 0
	walk(template(t), func(m object) {
		for variable, v := range fields(m["Variables"]) {
			parameter := word(at(v, "!Ref"))
			// Who migrates is another user, whose parameters say so.
			if parameter == "" || strings.HasPrefix(parameter, "Migrate") {
				continue
			}
			found++
			if a, b := plain(variable), plain(parameter); !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a) {
				t.Errorf("%s is given %s", variable, parameter)
			}
		}
	})
	if found < 20 {
		t.Errorf("%d settings", found)
	}
}

func variables(of reflect.Type) []string {
	var all []string
	for f := range of.Fields() {
		if name := f.Tag.Get("envconfig"); name != "" {
			all = append(all, name)
		} else {
			all = append(all, variables(f.Type)...)
		}
	}
	return all
}
