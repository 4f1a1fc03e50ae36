package deployment

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// byHand are the calls of AWS that heed makes without a client of the SDK, by a function that is in the binary of a
// command that can make them.
var byHand = map[string]string{
	"heed/internal/cloud.(*secret).fetch": "secretsmanager:GetSecretValue",
	"heed/internal/cloud.(*Bus).Publish":  "events:PutEvents",
	"heed/internal/cloud.(*Objects).Open": "s3:GetObject",
	"feature/rds/auth.BuildAuthToken":     "rds-db:connect",
}

// notCalled are rights that Lambda needs to run a function, not its code; notGranted are calls without one.
var (
	notCalled = map[string]string{
		"logs:CreateLogStream": "Lambda writes the log", "logs:PutLogEvents": "Lambda writes the log",
		"sqs:ReceiveMessage": "Lambda polls the queue", "sqs:DeleteMessage": "Lambda polls the queue", "sqs:GetQueueAttributes": "Lambda polls the queue",
		"kms:Decrypt":                "Secrets Manager and SQS ask for it on the role's behalf",
		"ec2:CreateNetworkInterface": "a VPC", "ec2:DescribeNetworkInterfaces": "a VPC", "ec2:DescribeSubnets": "a VPC",
		"ec2:DeleteNetworkInterface": "a VPC", "ec2:AssignPrivateIpAddresses": "a VPC", "ec2:UnassignPrivateIpAddresses": "a VPC",
		"xray:PutTraceSegments": "tracing", "xray:PutTelemetryRecords": "tracing",
	}
	notGranted = map[string]string{
		"s3:GetObject": "the template feeds no function with notifications of S3; docs/setup.md says what to add where somebody does",
	}
)

// Each function may do what is in its binary and nothing else. The linker leaves out what no code reaches, so that the
// symbols of a binary are its calls.
func TestRights(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	fed := map[string]bool{}
	for _, s := range sources(t, tpl) {
		fed[s.function] = true
	}
	for name, f := range functions(t, tpl) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls, granted := calls(t, command(name)), granted(t, tpl, f)
			for _, action := range calls {
				if !slices.Contains(granted, action) && notGranted[action] == "" {
					t.Errorf("cmd/%s can call %s, and its role may not", command(name), action)
				}
			}
			for _, action := range granted {
				polls := strings.HasPrefix(action, "sqs:") && !fed[name]
				if !slices.Contains(calls, action) && (notCalled[action] == "" || polls) {
					t.Errorf("the role may %s, which cmd/%s never calls", action, command(name))
				}
			}
			if name == "InboundFunction" && !slices.Contains(calls, "sms-voice:SendTextMessage") {
				t.Errorf("no call of the SDK is seen: %v", calls)
			}
		})
	}
}

// Every call that is made by hand is in the table above.
func TestCallsByHand(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, action := range byHand {
		_, operation, _ := strings.Cut(action, ":")
		known[operation] = true
	}
	files, err := filepath.Glob(filepath.Join(root, "internal", "cloud", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`newAPI\([^\n]*"\w+\.(\w+)"\)`).FindAllSubmatch(b, -1) {
			if found++; !known[string(m[1])] {
				t.Errorf("%s calls %s, which the table of this test lacks", file, m[1])
			}
		}
	}
	if found < 2 {
		t.Errorf("%d calls found", found)
	}
}

// calls are the actions behind what is in the binary of a command.
func calls(t *testing.T, command string) []string {
	t.Helper()
	binary, err := elf.Open(unstripped(t, command))
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	symbols, err := binary.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	operation := regexp.MustCompile(`service/(\w+)\.\(\*Client\)\.addOperation(\w+)Middlewares$`)
	prefix := map[string]string{"pinpointsmsvoicev2": "sms-voice"}
	var all []string
	for _, s := range symbols {
		if m := operation.FindStringSubmatch(s.Name); m != nil {
			if prefix[m[1]] == "" {
				t.Errorf("cmd/%s has a client of %s in it", command, m[1])
			}
			all = append(all, prefix[m[1]]+":"+m[2])
		}
		for function, action := range byHand {
			if strings.HasSuffix(s.Name, function) {
				all = append(all, action)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var building sync.Mutex // one linker at a time is enough for two cores

// unstripped builds a command as it is deployed, for Linux, with its symbols left in.
func unstripped(t *testing.T, command string) string {
	t.Helper()
	building.Lock()
	defer building.Unlock()
	out := filepath.Join(t.TempDir(), command)
	build := exec.CommandContext(context.Background(), "go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-o", out, "./cmd/"+command)
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH)
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return out
}

// granted are the actions of a function's role, with those of the policies attached to it, in whatever condition.
func granted(t *testing.T, template, function object) []string {
	t.Helper()
	role, _, _ := strings.Cut(word(at(function, "Role", "!GetAtt")), ".")
	own := of(template, "AWS::IAM::Role")[role]
	if own == nil {
		t.Fatalf("no role %q in the template", role)
	}
	policies := []any{own["Policies"]}
	for _, name := range referred(own["ManagedPolicyArns"]) {
		if name == "AWS::NoValue" {
			continue
		}
		shared := of(template, "AWS::IAM::ManagedPolicy")[name]
		if shared == nil {
			t.Fatalf("%s has policy %s, which is not in the template", role, name)
		}
		policies = append(policies, shared)
	}
	if literal := fmt.Sprint(own["ManagedPolicyArns"]); strings.Contains(literal, "arn:") {
		t.Errorf("%s has a policy of AWS's, which grants more than is known here: %s", role, literal)
	}
	var all []string
	for _, p := range policies {
		walk(p, func(m object) {
			if m["Effect"] == "Allow" {
				all = append(all, words(m["Action"])...)
			}
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// No resource is a wildcard without a comment above its statement that says why, and no action is one.
func TestWildcards(t *testing.T) {
	t.Parallel()
	lines := strings.Split(text(t, "template.yaml"), "\n")
	found := 0
	for i, line := range lines {
		if !regexp.MustCompile(`^\s+(Resource:.*|- (!Sub )?"?(arn:|\$\{)\S*)\*"?$`).MatchString(line) {
			continue
		}
		found++
		statement := i
		for ; statement > 0 && !strings.Contains(lines[statement], "- Sid:"); statement-- {
		}
		above := statement - 1
		for ; strings.HasPrefix(strings.TrimSpace(lines[above]), "#"); above-- {
		}
		if comment := strings.Join(lines[above+1:statement], " "); !strings.Contains(comment, "Wildcard") {
			t.Errorf("template.yaml:%d: a wildcard without a reason above its statement: %s", i+1, strings.TrimSpace(line))
		}
	}
	stars := 0
	walk(template(t), func(m object) {
		if m["Effect"] == nil {
			return
		}
		walk(object{"resource": m["Resource"]}, func(r object) { stars += count(r) })
		for _, action := range words(m["Action"]) {
			if strings.Contains(action, "*") && m["Effect"] == "Allow" {
				t.Errorf("%v may %s", m["Sid"], action)
			}
		}
	})
	if stars != found || found == 0 {
		t.Errorf("%d wildcards in statements, %d lines were looked at", stars, found)
	}
}

// count is how many texts right in a mapping, or in a list right in it, hold a star.
func count(m object) int {
	n := 0
	for _, v := range m {
		for _, each := range words(v) {
			if strings.Contains(each, "*") {
				n++
			}
		}
	}
	return n
}
