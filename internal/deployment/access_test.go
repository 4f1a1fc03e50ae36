package deployment

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A service of AWS acts for any account that asks it to: each statement that lets one in says for whom.
func TestForWhomServicesAct(t *testing.T) {
	t.Parallel()
	account := object{"StringEquals": object{"aws:SourceAccount": object{"!Ref": "AWS::AccountId"}}}
	found := 0
	walk(template(t), func(m object) {
		service := word(at(m["Principal"], "Service"))
		if service == "" || service == "lambda.amazonaws.com" { // Lambda takes a role from who may pass it
			return
		}
		found++
		if service == "sns.amazonaws.com" {
			if topic := word(at(m, "Condition", "ArnEquals", "aws:SourceArn", "!Ref")); !strings.HasSuffix(topic, "Topic") {
				t.Errorf("%v: any topic may send into %s", m["Sid"], owner(m["Resource"]))
			}
		} else if !reflect.DeepEqual(m["Condition"], account) {
			t.Errorf("%v %v of %v: %s may for any account", m["Sid"], m["Action"], m["Resource"], service)
		}
	})
	if found != 8 {
		t.Errorf("%d statements let a service in", found)
	}
}

// What roles of AWS's services may do, of which there is no code to compare with.
func TestRightsOfServices(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	services := map[string][]string{
		"EventsStreamRole": {"firehose:PutRecord"}, // configuration-sets-kinesis-creating-role
		"ArchiveRole": { // controlling-access, using-iam-s3
			"kms:Decrypt", "kms:GenerateDataKey", "lambda:GetFunctionConfiguration", "lambda:InvokeFunction", "logs:PutLogEvents",
			"s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject",
		},
	}
	for role, may := range services {
		if got := granted(t, tpl, object{"Role": object{"!GetAtt": role + ".Arn"}}); !slices.Equal(got, may) {
			t.Errorf("%s may %v, not %v", role, got, may)
		}
	}
	if roles := of(tpl, "AWS::IAM::Role"); len(roles) != len(services)+len(functions(t, tpl)) {
		t.Errorf("%d roles", len(roles))
	}
}

// A function has a role and a log of its own, and takes from the queue that feeds it and from no other.
func TestEachItsOwn(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	fed := map[string]string{}
	for _, s := range sources(t, tpl) {
		fed[s.function] = s.queue
	}
	for name, f := range functions(t, tpl) {
		what := strings.TrimSuffix(name, "Function")
		if owner(f["Role"]) != what+"Role" || word(at(f, "LoggingConfig", "LogGroup", "!Ref")) != what+"LogGroup" {
			t.Errorf("%s has the role %s and the log %v", name, owner(f["Role"]), at(f, "LoggingConfig", "LogGroup"))
		}
		walk(of(tpl, "AWS::IAM::Role")[what+"Role"], func(m object) {
			actions := strings.Join(words(m["Action"]), " ")
			if strings.Contains(actions, "logs:") && owner(m["Resource"]) != what+"LogGroup" {
				t.Errorf("%s logs into %s", name, owner(m["Resource"]))
			}
			if strings.Contains(actions, "sqs:") && owner(m["Resource"]) != fed[name] {
				t.Errorf("%s may take from %s", name, owner(m["Resource"]))
			}
			if strings.Contains(actions, "kms:") && at(m, "Condition", "StringEquals", "kms:ViaService") == nil {
				t.Errorf("%s may %s by itself", name, actions)
			}
		})
	}
}

// Nobody gets in unknown: what the address lets everybody through to is what asks for a token itself.
func TestReportsAreGuarded(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	reports := fields(at(functions(t, tpl)["ReportsFunction"], "Environment", "Variables"))
	if at(reports["HEED_REPORTS_AUTH"], "!Ref") != "Reports" {
		t.Errorf("the function does not know who gets in: %v", reports["HEED_REPORTS_AUTH"])
	}
	for name, url := range of(tpl, "AWS::Lambda::Url") {
		if !reflect.DeepEqual(url["AuthType"], object{"!If": []any{"ReportsByToken", "NONE", "AWS_IAM"}}) {
			t.Errorf("%s lets in by %v", name, url["AuthType"])
		}
		streams := object{"!If": []any{at(tpl, "Resources", name, "Condition"), "true", "false"}}
		if url["InvokeMode"] != "RESPONSE_STREAM" || !reflect.DeepEqual(reports["HEED_REPORTS_STREAM"], streams) {
			t.Errorf("%s is %v, and the function streams %v", name, url["InvokeMode"], reports["HEED_REPORTS_STREAM"])
		}
	}
	everybody := 0
	for name, permission := range of(tpl, "AWS::Lambda::Permission") {
		switch {
		case permission["Principal"] != "*":
			if permission["SourceArn"] == nil {
				t.Errorf("%s is for any account's %v", name, permission["Principal"])
			}
		case at(tpl, "Resources", name, "Condition") == "ReportsByToken":
			everybody++
		default:
			t.Errorf("%s lets everybody call", name)
		}
	}
	routes := of(tpl, "AWS::ApiGatewayV2::Route")
	for name, route := range routes {
		if route["AuthorizationType"] != "JWT" || at(route["AuthorizerId"], "!Ref") == nil {
			t.Errorf("%s is open", name)
		}
	}
	if everybody != 2 || len(routes) == 0 {
		t.Errorf("%d permissions for everybody, %d routes", everybody, len(routes))
	}
}

// What people said and what became of messages is encrypted where it lies, by the operator's key where there is one; logs
// end; nobody is let into the archive.
func TestGuardedWhereItLies(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	byKey := object{"!If": []any{"OwnKey", object{"!Ref": "KmsKeyArn"}, object{"!Ref": "AWS::NoValue"}}}
	for kind, key := range map[string]string{"AWS::SNS::Topic": "KmsMasterKeyId", "AWS::SQS::Queue": "KmsMasterKeyId", "AWS::Logs::LogGroup": "KmsKeyId"} {
		for name, p := range of(tpl, kind) {
			if !reflect.DeepEqual(p[key], byKey) {
				t.Errorf("%s does not take the operator's key: %v", name, p[key])
			}
			if kind == "AWS::Logs::LogGroup" && at(p["RetentionInDays"], "!Ref") != "LogRetentionDays" {
				t.Errorf("%s is kept for ever", name)
			}
		}
	}
	bucket := of(tpl, "AWS::S3::Bucket")["ArchiveBucket"]
	for _, what := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		if at(bucket, "PublicAccessBlockConfiguration", what) != "true" {
			t.Errorf("the archive lacks %s", what)
		}
	}
	if at(bucket, "BucketEncryption", "ServerSideEncryptionConfiguration") == nil {
		t.Error("the archive is not encrypted")
	}
}
