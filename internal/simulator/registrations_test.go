package simulator_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

const (
	brand    = "US_TEN_DLC_BRAND_REGISTRATION"
	vetting  = "US_TEN_DLC_BRAND_VETTING"
	campaign = "US_TEN_DLC_CAMPAIGN_REGISTRATION"
	tollFree = "US_TOLL_FREE_REGISTRATION"
	rcsTest  = "TEST_RCS_LAUNCH_REGISTRATION"

	tollFreeNumber = "+18335550100"
	day            = 24 * time.Hour
)

var png = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)

func begin(kind string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.CreateRegistration(ctx, &api.CreateRegistrationInput{RegistrationType: &kind})
		return err
	}
}

// registrationID is the id of the newest registration of a type, or of one that does not exist.
func registrationID(ctx context.Context, d double, kind string) (string, error) {
	out, err := d.client.DescribeRegistrations(ctx, &api.DescribeRegistrationsInput{Filters: []types.RegistrationFilter{
		{Name: types.RegistrationFilterNameRegistrationType, Values: []string{kind}},
	}})
	if err != nil || len(out.Registrations) == 0 {
		return "registration-1", err
	}
	return *out.Registrations[0].RegistrationId, nil
}

// of makes a call on the registration of a type.
func of(kind string, do func(ctx context.Context, d double, id string) error) call {
	return func(ctx context.Context, d double) error {
		id, err := registrationID(ctx, d, kind)
		if err != nil {
			return err
		}
		return do(ctx, d, id)
	}
}

func submit(kind string) call {
	return of(kind, func(ctx context.Context, d double, id string) error {
		_, err := d.client.SubmitRegistrationVersion(ctx, &api.SubmitRegistrationVersionInput{RegistrationId: &id})
		return err
	})
}

func draft(kind string) call {
	return of(kind, func(ctx context.Context, d double, id string) error {
		_, err := d.client.CreateRegistrationVersion(ctx, &api.CreateRegistrationVersionInput{RegistrationId: &id})
		return err
	})
}

func discard(kind string) call {
	return of(kind, func(ctx context.Context, d double, id string) error {
		_, err := d.client.DiscardRegistrationVersion(ctx, &api.DiscardRegistrationVersionInput{RegistrationId: &id})
		return err
	})
}

func dropRegistration(kind string) call {
	return of(kind, func(ctx context.Context, d double, id string) error {
		_, err := d.client.DeleteRegistration(ctx, &api.DeleteRegistrationInput{RegistrationId: &id})
		return err
	})
}

func decide(kind string, status types.RegistrationVersionStatus, denials ...simulator.Denial) call {
	return of(kind, func(_ context.Context, d double, id string) error {
		return d.DecideRegistration(id, status, denials...)
	})
}

func put(kind, path string, change func(*api.PutRegistrationFieldValueInput)) call {
	return of(kind, func(ctx context.Context, d double, id string) error {
		in := &api.PutRegistrationFieldValueInput{RegistrationId: &id, FieldPath: &path}
		change(in)
		_, err := d.client.PutRegistrationFieldValue(ctx, in)
		return err
	})
}

func putText(kind, path, text string) call {
	return put(kind, path, func(in *api.PutRegistrationFieldValueInput) { in.TextValue = &text })
}

func putChoice(kind, path string, choices ...string) call {
	return put(kind, path, func(in *api.PutRegistrationFieldValueInput) { in.SelectChoices = choices })
}

func dropValue(kind, path string) call {
	return of(kind, func(ctx context.Context, d double, id string) error {
		_, err := d.client.DeleteRegistrationFieldValue(ctx, &api.DeleteRegistrationFieldValueInput{RegistrationId: &id, FieldPath: &path})
		return err
	})
}

func wait(t time.Duration) call {
	return func(_ context.Context, d double) error { d.Advance(t); return nil }
}

func upload(change func(*api.CreateRegistrationAttachmentInput)) call {
	return func(ctx context.Context, d double) error {
		in := &api.CreateRegistrationAttachmentInput{}
		change(in)
		_, err := d.client.CreateRegistrationAttachment(ctx, in)
		return err
	}
}

func uploadURL(url string) call {
	return upload(func(in *api.CreateRegistrationAttachmentInput) { in.AttachmentUrl = &url })
}

// attachmentID is the id of one of the attachments, or of one that does not exist.
func attachmentID(ctx context.Context, d double) (string, error) {
	out, err := d.client.DescribeRegistrationAttachments(ctx, &api.DescribeRegistrationAttachmentsInput{})
	if err != nil || len(out.RegistrationAttachments) == 0 {
		return "attachment-1", err
	}
	return *out.RegistrationAttachments[0].RegistrationAttachmentId, nil
}

func putAttachment(kind, path string) call {
	return func(ctx context.Context, d double) error {
		id, err := attachmentID(ctx, d)
		if err != nil {
			return err
		}
		return put(kind, path, func(in *api.PutRegistrationFieldValueInput) { in.RegistrationAttachmentId = &id })(ctx, d)
	}
}

func dropAttachment(ctx context.Context, d double) error {
	id, err := attachmentID(ctx, d)
	if err != nil {
		return err
	}
	_, err = d.client.DeleteRegistrationAttachment(ctx, &api.DeleteRegistrationAttachmentInput{RegistrationAttachmentId: &id})
	return err
}

// tie associates what resource names with the registration of a type.
func tie(kind string, resource func(ctx context.Context, d double) (string, error)) call {
	return of(kind, func(ctx context.Context, d double, id string) error {
		ref, err := resource(ctx, d)
		if err != nil {
			return err
		}
		_, err = d.client.CreateRegistrationAssociation(ctx, &api.CreateRegistrationAssociationInput{RegistrationId: &id, ResourceId: &ref})
		return err
	})
}

// theNumber is a number that the account has, made if it has not.
func theNumber(number string) func(context.Context, double) (string, error) {
	return func(_ context.Context, d double) (string, error) {
		return d.AddNumber(simulator.NumberSpec{Number: sms.Identity(number)}), nil
	}
}

func theAgent(id sms.Identity) func(context.Context, double) (string, error) {
	return func(_ context.Context, d double) (string, error) {
		return string(d.AddRCSAgent(simulator.RCSAgentSpec{ID: id})), nil
	}
}

func theRegistration(kind string) func(context.Context, double) (string, error) {
	return func(ctx context.Context, d double) (string, error) { return registrationID(ctx, d, kind) }
}

func theID(id string) func(context.Context, double) (string, error) {
	return func(context.Context, double) (string, error) { return id, nil }
}

// fill enters every required field of a form, as its definitions ask.
func fill(kind string) call {
	return func(ctx context.Context, d double) error {
		pages := api.NewDescribeRegistrationFieldDefinitionsPaginator(d.client,
			&api.DescribeRegistrationFieldDefinitionsInput{RegistrationType: &kind, MaxResults: aws.Int32(7)})
		for pages.HasMorePages() {
			out, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, f := range out.RegistrationFieldDefinitions {
				if f.FieldRequirement != types.FieldRequirementRequired {
					continue
				}
				if err := fillField(kind, f)(ctx, d); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func fillField(kind string, f types.RegistrationFieldDefinition) call {
	switch {
	case f.SelectValidation != nil:
		return putChoice(kind, *f.FieldPath, f.SelectValidation.Options[0])
	case f.TextValidation == nil:
		return func(ctx context.Context, d double) error {
			image := upload(func(in *api.CreateRegistrationAttachmentInput) { in.AttachmentBody = png })
			if err := image(ctx, d); err != nil {
				return err
			}
			d.Advance(time.Minute)
			return putAttachment(kind, *f.FieldPath)(ctx, d)
		}
	case *f.TextValidation.Pattern == "[A-Z]{2}":
		return putText(kind, *f.FieldPath, "US")
	case strings.HasPrefix(*f.TextValidation.Pattern, "#"):
		return putText(kind, *f.FieldPath, "#0066cc")
	}
	return putText(kind, *f.FieldPath, strings.Repeat("a", int(*f.TextValidation.MinLength)))
}

// Registrations that came some way.
var (
	submittedBrand   = []call{begin(brand), fill(brand), submit(brand)}
	approvedBrand    = then(submittedBrand, decide(brand, types.RegistrationVersionStatusApproved))
	filledCampaign   = then(approvedBrand, begin(campaign), fill(campaign))
	approvedCampaign = then(filledCampaign, tie(campaign, theRegistration(brand)), submit(campaign),
		decide(campaign, types.RegistrationVersionStatusApproved))
	submittedTollFree = []call{
		begin(tollFree), fill(tollFree), tie(tollFree, theNumber(tollFreeNumber)), submit(tollFree),
	}
	deniedTollFree = then(submittedTollFree, decide(tollFree, types.RegistrationVersionStatusDenied))
)

func then(before []call, more ...call) []call { return append(append([]call(nil), before...), more...) }

func TestRegistrationRules(t *testing.T) {
	t.Parallel()
	describe := func(in *api.DescribeRegistrationsInput) call {
		return func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrations(ctx, in)
			return err
		}
	}
	var full []call
	for range 100 {
		full = append(full, begin(brand))
	}
	testRules(t, []rule{
		// A type must be known.
		{"unknown type", nil, begin("US_PIGEON"), "validation UNKNOWN_REGISTRATION_TYPE RegistrationType"},
		{"101st", full, begin(brand), "quota REGISTRATIONS_PER_ACCOUNT"},
		{
			"describe absent", nil, describe(&api.DescribeRegistrationsInput{RegistrationIds: []string{"registration-1"}}),
			"not found registration registration-1",
		},
		{"describe six", nil, describe(&api.DescribeRegistrationsInput{
			RegistrationIds: strings.Split("abcdef", ""),
		}), "validation INVALID_PARAMETER RegistrationIds"},
		// A draft can be deleted, and is gone then; what is under review cannot.
		{"delete draft", []call{begin(brand)}, dropRegistration(brand), "ok"},
		{"delete twice", []call{begin(brand), dropRegistration(brand)}, dropRegistration(brand), "not found registration registration-1"},
		{"delete submitted", submittedBrand, dropRegistration(brand), "conflict RESOURCE_DELETION_NOT_ALLOWED registration"},
		{"delete draft with number", []call{begin(tollFree), tie(tollFree, theNumber(tollFreeNumber))}, dropRegistration(tollFree), "ok"},
		{"number is free again", []call{
			begin(tollFree), tie(tollFree, theNumber(tollFreeNumber)), dropRegistration(tollFree), begin(tollFree),
		}, tie(tollFree, theNumber(tollFreeNumber)), "ok"},
		{"delete approved", approvedBrand, dropRegistration(brand), "ok"},
		// A brand stays while a campaign names it; the campaign goes with its tie to the brand.
		{"delete a named brand", approvedCampaign, dropRegistration(brand), "conflict RESOURCE_DELETION_NOT_ALLOWED registration"},
		{"delete campaign", approvedCampaign, dropRegistration(campaign), "ok"},
		{"delete brand last", then(approvedCampaign, dropRegistration(campaign)), dropRegistration(brand), "ok"},
		// A campaign stays while it has numbers.
		{
			"delete campaign with number", then(approvedCampaign, tie(campaign, theNumber(ourNumber))),
			dropRegistration(campaign), "conflict RESOURCE_NOT_EMPTY registration",
		},
		{
			"delete campaign without its number", then(approvedCampaign, tie(campaign, theNumber(ourNumber)), release),
			dropRegistration(campaign), "ok",
		},
	})
}

func TestRegistrationVersionRules(t *testing.T) {
	t.Parallel()
	versions := func(numbers ...int64) call {
		return of(brand, func(ctx context.Context, d double, id string) error {
			_, err := d.client.DescribeRegistrationVersions(ctx, &api.DescribeRegistrationVersionsInput{RegistrationId: &id, VersionNumbers: numbers})
			return err
		})
	}
	drafts := []call{begin(brand)}
	for range 9 {
		drafts = append(drafts, discard(brand), draft(brand))
	}
	drafts = append(drafts, discard(brand))
	testRules(t, []rule{
		// A draft is submitted once, when every required field is entered.
		{"empty", []call{begin(brand)}, submit(brand), "conflict SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"filled", []call{begin(brand), fill(brand)}, submit(brand), "ok"},
		{"twice", submittedBrand, submit(brand), "conflict REGISTRATION_ALREADY_SUBMITTED registration"},
		{"approved", approvedBrand, submit(brand), "conflict REGISTRATION_ALREADY_SUBMITTED registration"},
		{"discarded", []call{begin(brand), fill(brand), discard(brand)}, submit(brand), "conflict SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"absent", nil, submit(brand), "not found registration registration-1"},
		// What belongs before the submission must be there.
		{"campaign without brand", filledCampaign, submit(campaign), "conflict SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"campaign with brand", then(filledCampaign, tie(campaign, theRegistration(brand))), submit(campaign), "ok"},
		{
			"toll-free without number",
			[]call{begin(tollFree), fill(tollFree)},
			submit(tollFree),
			"conflict SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED registration",
		},
		// A form without fields needs its association only.
		{"vetting", then(approvedBrand, begin(vetting), tie(vetting, theRegistration(brand))), submit(vetting), "ok"},
		// An attachment must be uploaded by then.
		{"upload failed", []call{
			begin(rcsTest), fill(rcsTest), tie(rcsTest, theAgent("")),
			uploadURL("s3://bucket/upload-failed.png"), putFailed(rcsTest, "agentDetails.logoImage"),
		}, submit(rcsTest), "conflict SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"upload in progress", []call{
			begin(rcsTest), fill(rcsTest), tie(rcsTest, theAgent("")), uploadLast("agentDetails.logoImage"),
		}, submit(rcsTest), "conflict SUBMIT_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"uploaded", []call{begin(rcsTest), fill(rcsTest), tie(rcsTest, theAgent(""))}, submit(rcsTest), "ok"},
		// A new version follows one that is decided or discarded.
		{"beside a draft", []call{begin(brand)}, draft(brand), "conflict CREATE_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"under review", submittedBrand, draft(brand), "conflict CREATE_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"after approval", approvedBrand, draft(brand), "ok"},
		{"after denial", then(submittedBrand, decide(brand, types.RegistrationVersionStatusDenied)), draft(brand), "ok"},
		{"after discarding", []call{begin(brand), discard(brand)}, draft(brand), "ok"},
		{"11th today", drafts, draft(brand), "quota REGISTRATION_VERSIONS_CREATED_PER_DAY"},
		{"11th tomorrow", then(drafts, wait(day)), draft(brand), "ok"},
		{"of an absent registration", nil, draft(brand), "not found registration registration-1"},
		// Only a draft is discarded.
		{"discard twice", []call{begin(brand), discard(brand)}, discard(brand), "conflict DISCARD_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"discard submitted", submittedBrand, discard(brand), "conflict DISCARD_REGISTRATION_VERSION_NOT_ALLOWED registration"},
		{"discard absent", nil, discard(brand), "not found registration registration-1"},
		{"describe", []call{begin(brand)}, versions(1), "ok"},
		{"describe absent version", []call{begin(brand)}, versions(1, 2), "validation UNKNOWN_REGISTRATION_VERSION VersionNumbers"},
		{"describe absent registration", nil, versions(), "not found registration registration-1"},
	})
}

// uploadLast enters an attachment that was just begun.
func uploadLast(path string) call {
	return func(ctx context.Context, d double) error {
		a, err := d.client.CreateRegistrationAttachment(ctx, &api.CreateRegistrationAttachmentInput{AttachmentBody: png})
		if err != nil {
			return err
		}
		return put(rcsTest, path, func(in *api.PutRegistrationFieldValueInput) {
			in.RegistrationAttachmentId = a.RegistrationAttachmentId
		})(ctx, d)
	}
}

// putFailed enters the attachment whose upload fails.
func putFailed(kind, path string) call {
	return func(ctx context.Context, d double) error {
		d.Advance(time.Minute)
		out, err := d.client.DescribeRegistrationAttachments(ctx, &api.DescribeRegistrationAttachmentsInput{
			Filters: []types.RegistrationAttachmentFilter{{
				Name: types.RegistrationAttachmentFilterNameAttachmentStatus, Values: []string{"UPLOAD_FAILED"},
			}},
		})
		if err != nil {
			return err
		}
		return put(kind, path, func(in *api.PutRegistrationFieldValueInput) {
			in.RegistrationAttachmentId = out.RegistrationAttachments[0].RegistrationAttachmentArn
		})(ctx, d)
	}
}

func TestRegistrationFieldRules(t *testing.T) {
	t.Parallel()
	values := func(change func(*api.DescribeRegistrationFieldValuesInput)) call {
		return of(brand, func(ctx context.Context, d double, id string) error {
			in := &api.DescribeRegistrationFieldValuesInput{RegistrationId: &id}
			change(in)
			_, err := d.client.DescribeRegistrationFieldValues(ctx, in)
			return err
		})
	}
	begun := []call{begin(brand)}
	const name, legal, stock = "companyInfo.companyName", "companyInfo.legalType", "companyInfo.stockSymbol"
	failed := "validation FIELD_VALIDATION_FAILED "
	frozen := "conflict EDIT_REGISTRATION_FIELD_VALUES_NOT_ALLOWED registration"
	testRules(t, []rule{
		// A field takes values of its own kind and length, and of its options.
		{"text", begun, putText(brand, name, "Example Corp"), "ok"},
		{"long text", begun, putText(brand, name, strings.Repeat("x", 101)), failed + name},
		{"100 characters, not bytes", begun, putText(brand, name, strings.Repeat("ä", 100)), "ok"},
		{"choice for a text", begun, putChoice(brand, name, "Example Corp"), failed + name},
		{"country in words", begun, putText(brand, "companyInfo.isoCountryCode", "us"), failed + "companyInfo.isoCountryCode"},
		{"choice", begun, putChoice(brand, legal, "NON_PROFIT"), "ok"},
		{"no option", begun, putChoice(brand, legal, "SOLE_PROPRIETOR"), failed + legal},
		{"two choices", begun, putChoice(brand, legal, "NON_PROFIT", "GOVERNMENT"), failed + legal},
		{
			"several choices",
			[]call{begin(campaign)},
			putChoice(campaign, "campaignUseCase.subUseCases", "FRAUD_ALERT", "MARKETING"), "ok",
		},
		{
			"attachment",
			[]call{begin(tollFree), uploadURL("s3://bucket/form.png")},
			putAttachment(tollFree, "messagingUseCase.optInImage"), "ok",
		},
		{
			"absent attachment",
			[]call{begin(tollFree)},
			putAttachment(tollFree, "messagingUseCase.optInImage"),
			"not found registration-attachment attachment-1",
		},
		// Exactly one kind of value is given.
		{"none", begun, put(brand, name, func(*api.PutRegistrationFieldValueInput) {}), "validation MISSING_PARAMETER TextValue"},
		{"two kinds", begun, put(brand, name, func(in *api.PutRegistrationFieldValueInput) {
			in.TextValue, in.SelectChoices = aws.String("a"), []string{"a"}
		}), "validation PARAMETERS_CANNOT_BE_USED_TOGETHER SelectChoices"},
		// The form must have the field.
		{"unknown field", begun, putText(brand, "companyInfo.pet", "cat"), "validation UNKNOWN_REGISTRATION_FIELD FieldPath"},
		{"absent registration", nil, putText(brand, name, "a"), "not found registration registration-1"},
		// Only a draft is edited.
		{"submitted", submittedBrand, putText(brand, name, "a"), frozen},
		{"denied", then(submittedBrand, decide(brand, types.RegistrationVersionStatusDenied)), putText(brand, name, "a"), frozen},
		{"next draft", then(approvedBrand, draft(brand)), putText(brand, name, "a"), "ok"},
		{"delete submitted", submittedBrand, dropValue(brand, stock), frozen},
		// A required field is overwritten, never emptied.
		{"delete required", []call{begin(brand), fill(brand)}, dropValue(brand, name), "validation REGISTRATION_FIELD_CANNOT_BE_DELETED FieldPath"},
		{"delete conditional", []call{begin(brand), putText(brand, stock, "EXMPL")}, dropValue(brand, stock), "ok"},
		{"delete what is not there", begun, dropEmpty(stock), "ok"},
		{"delete unknown", begun, dropValue(brand, "companyInfo.pet"), "validation UNKNOWN_REGISTRATION_FIELD FieldPath"},
		// Values are described by version, section and field.
		{"describe", begun, values(func(in *api.DescribeRegistrationFieldValuesInput) {
			in.SectionPath, in.FieldPaths, in.VersionNumber = aws.String("companyInfo"), []string{name}, aws.Int64(1)
		}), "ok"},
		{"describe absent version", begun, values(func(in *api.DescribeRegistrationFieldValuesInput) {
			in.VersionNumber = aws.Int64(2)
		}), "validation UNKNOWN_REGISTRATION_VERSION VersionNumber"},
		{"describe absent section", begun, values(func(in *api.DescribeRegistrationFieldValuesInput) {
			in.SectionPath = aws.String("pets")
		}), "validation UNKNOWN_REGISTRATION_SECTION SectionPath"},
		{"describe absent field", begun, values(func(in *api.DescribeRegistrationFieldValuesInput) {
			in.FieldPaths = []string{"companyInfo.pet"}
		}), "validation UNKNOWN_REGISTRATION_FIELD FieldPaths"},
		{
			"describe absent registration", nil, values(func(*api.DescribeRegistrationFieldValuesInput) {}),
			"not found registration registration-1",
		},
	})
}

// dropEmpty empties a field without a value, which is not found under the registration's id.
func dropEmpty(path string) call {
	return of(brand, func(ctx context.Context, d double, id string) error {
		err := dropValue(brand, path)(ctx, d)
		if verdict(err) == "not found registration "+id+"/"+path {
			return nil
		}
		return fmt.Errorf("emptying an empty field: %w", err)
	})
}

func TestRegistrationDefinitionRules(t *testing.T) {
	t.Parallel()
	testRules(t, []rule{
		{"unknown type", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrationTypeDefinitions(ctx,
				&api.DescribeRegistrationTypeDefinitionsInput{RegistrationTypes: []string{"US_PIGEON"}})
			return err
		}, "validation UNKNOWN_REGISTRATION_TYPE RegistrationTypes"},
		{"sections of an unknown type", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrationSectionDefinitions(ctx,
				&api.DescribeRegistrationSectionDefinitionsInput{RegistrationType: aws.String("US_PIGEON")})
			return err
		}, "validation UNKNOWN_REGISTRATION_TYPE RegistrationType"},
		{"unknown section", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrationSectionDefinitions(ctx, &api.DescribeRegistrationSectionDefinitionsInput{
				RegistrationType: aws.String(brand), SectionPaths: []string{"pets"},
			})
			return err
		}, "validation UNKNOWN_REGISTRATION_SECTION SectionPaths"},
		{"fields of an unknown type", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrationFieldDefinitions(ctx,
				&api.DescribeRegistrationFieldDefinitionsInput{RegistrationType: aws.String("US_PIGEON")})
			return err
		}, "validation UNKNOWN_REGISTRATION_TYPE RegistrationType"},
		{"fields of an unknown section", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrationFieldDefinitions(ctx, &api.DescribeRegistrationFieldDefinitionsInput{
				RegistrationType: aws.String(brand), SectionPath: aws.String("pets"),
			})
			return err
		}, "validation UNKNOWN_REGISTRATION_SECTION SectionPath"},
		{"unknown field", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrationFieldDefinitions(ctx, &api.DescribeRegistrationFieldDefinitionsInput{
				RegistrationType: aws.String(brand), FieldPaths: []string{"companyInfo.pet"},
			})
			return err
		}, "validation UNKNOWN_REGISTRATION_FIELD FieldPaths"},
	})
}

func TestRegistrationAttachmentRules(t *testing.T) {
	t.Parallel()
	body := func(content []byte) call {
		return upload(func(in *api.CreateRegistrationAttachmentInput) { in.AttachmentBody = content })
	}
	var today, all []call
	for i := range 50 {
		today = append(today, body(png))
		all = append(all, body(png), body(png))
		if i == 24 {
			all = append(all, wait(day))
		}
	}
	unsupported := "validation ATTACHMENT_TYPE_NOT_SUPPORTED "
	testRules(t, []rule{
		// PDF, JPEG and PNG, told by the first bytes or by the name of the object.
		{"png", nil, body(png), "ok"},
		{"pdf", nil, body([]byte("%PDF-1.7\n")), "ok"},
		{"jpeg", nil, body([]byte("\xff\xd8\xff\xe0")), "ok"},
		{"gif", nil, body([]byte("GIF89a")), unsupported + "AttachmentBody"},
		{"jpeg in S3", nil, uploadURL("s3://bucket/folder/Form.JPG"), "ok"},
		{"document in S3", nil, uploadURL("s3://bucket/form.docx"), unsupported + "AttachmentUrl"},
		// The place is a bucket and an object.
		{"not S3", nil, uploadURL("https://example.com/form.pdf"), "validation INVALID_PARAMETER AttachmentUrl"},
		{"bucket only", nil, uploadURL("s3://form.pdf"), "validation INVALID_PARAMETER AttachmentUrl"},
		// At most 1 MiB.
		{"1 MiB", nil, body(append(bytes.Clone(png), make([]byte, 1<<20-len(png))...)), "ok"},
		{"more", nil, body(append(bytes.Clone(png), make([]byte, 1<<20)...)), "validation MAXIMUM_SIZE_EXCEEDED AttachmentBody"},
		// Either the bytes or the place.
		{"neither", nil, upload(func(*api.CreateRegistrationAttachmentInput) {}), "validation MISSING_PARAMETER AttachmentBody"},
		{"both", nil, upload(func(in *api.CreateRegistrationAttachmentInput) {
			in.AttachmentBody, in.AttachmentUrl = png, aws.String("s3://bucket/form.png")
		}), "validation PARAMETERS_CANNOT_BE_USED_TOGETHER AttachmentUrl"},
		{"51st today", today, body(png), "quota REGISTRATION_ATTACHMENTS_CREATED_PER_DAY"},
		{"51st tomorrow", then(today, wait(day)), body(png), "ok"},
		{"101st", all, body(png), "quota REGISTRATION_ATTACHMENTS_PER_ACCOUNT"},
		{"describe absent", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribeRegistrationAttachments(ctx,
				&api.DescribeRegistrationAttachmentsInput{RegistrationAttachmentIds: []string{"attachment-1"}})
			return err
		}, "not found registration-attachment attachment-1"},
		// What a registration needs stays.
		{"delete", []call{body(png)}, dropAttachment, "ok"},
		{"delete absent", nil, dropAttachment, "not found registration-attachment attachment-1"},
		{
			"delete what a draft has",
			[]call{begin(tollFree), body(png), putAttachment(tollFree, "messagingUseCase.optInImage")},
			dropAttachment, "conflict RESOURCE_DELETION_NOT_ALLOWED registration-attachment",
		},
		{"delete what a version under review has", submittedTollFree, dropAttachment, "conflict RESOURCE_DELETION_NOT_ALLOWED registration-attachment"},
		{
			"delete what a denied version has", then(submittedTollFree, decide(tollFree, types.RegistrationVersionStatusDenied)),
			dropAttachment, "ok",
		},
	})
}

func TestRegistrationAssociationRules(t *testing.T) {
	t.Parallel()
	const agent = "rcs-00112233445566778899aabbccddeeff"
	// A second registration of a type: the first in the order of their ids is the one that registrationID finds.
	another := func(kind string, resource func(context.Context, double) (string, error)) call {
		return func(ctx context.Context, d double) error {
			made, err := d.client.CreateRegistration(ctx, &api.CreateRegistrationInput{RegistrationType: &kind})
			if err != nil {
				return err
			}
			ref, err := resource(ctx, d)
			if err != nil {
				return err
			}
			_, err = d.client.CreateRegistrationAssociation(ctx, &api.CreateRegistrationAssociationInput{
				RegistrationId: made.RegistrationArn, ResourceId: &ref,
			})
			return err
		}
	}
	request := func(number types.RequestableNumberType, country, kind string) call {
		return of(kind, func(ctx context.Context, d double, id string) error {
			_, err := d.client.RequestPhoneNumber(ctx, &api.RequestPhoneNumberInput{
				IsoCountryCode: &country, MessageType: types.MessageTypeTransactional, NumberType: number,
				NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, RegistrationId: &id,
			})
			return err
		})
	}
	full := then(approvedCampaign, func(_ context.Context, d double) error {
		d.SetAccountLimit(types.AccountLimitNamePhoneNumbers, 100)
		return nil
	})
	for range 49 {
		full = then(full, request(types.RequestableNumberTypeTenDlc, "US", campaign))
	}
	testRules(t, []rule{
		// A type of registration takes what its definition says.
		{"number", []call{begin(tollFree)}, tie(tollFree, theNumber(tollFreeNumber)), "ok"},
		{"other number", []call{begin(tollFree)}, tie(tollFree, theNumber(ourNumber)), "validation INVALID_REGISTRATION_ASSOCIATION ResourceId"},
		{"agent", []call{begin(rcsTest)}, tie(rcsTest, theAgent("")), "ok"},
		{"agent in a brand", []call{begin(brand)}, tie(brand, theAgent("")), "validation INVALID_REGISTRATION_ASSOCIATION ResourceId"},
		{"unknown resource", []call{begin(brand)}, tie(brand, theID("phone-1")), "not found phone-number phone-1"},
		{"unknown registration", nil, tie(brand, theNumber(ourNumber)), "not found registration registration-1"},
		// Each is tied once.
		{
			"number again",
			[]call{begin(tollFree), tie(tollFree, theNumber(tollFreeNumber))},
			tie(tollFree, theNumber(tollFreeNumber)),
			"conflict RESOURCE_ALREADY_ASSOCIATED phone-number",
		},
		{
			"number of another",
			[]call{begin(tollFree), tie(tollFree, theNumber(tollFreeNumber))},
			another(tollFree, theNumber(tollFreeNumber)), "conflict PHONE_NUMBER_ASSOCIATED_TO_REGISTRATION phone-number",
		},
		{
			"agent of another",
			[]call{begin(rcsTest), tie(rcsTest, theAgent(agent))},
			another(rcsTest, theAgent(agent)),
			"conflict RCS_AGENT_ALREADY_ASSOCIATED_TO_REGISTRATION_TYPE rcs-agent",
		},
		{
			"second agent",
			[]call{begin(rcsTest), tie(rcsTest, theAgent(""))},
			tie(rcsTest, theAgent(agent)),
			"quota ASSOCIATIONS_PER_REGISTRATION",
		},
		{
			"second number",
			[]call{begin(tollFree), tie(tollFree, theNumber(tollFreeNumber))},
			tie(tollFree, theNumber("+18445550100")),
			"quota PHONE_NUMBERS_PER_REGISTRATION",
		},
		// A brand has campaigns, once it is approved.
		{"brand", filledCampaign, tie(campaign, theRegistration(brand)), "ok"},
		{
			"brand under review", then(submittedBrand, begin(campaign)), tie(campaign, theRegistration(brand)),
			"conflict REGISTRATION_NOT_COMPLETE registration",
		},
		// What belongs before the submission is too late after it, until the version is denied.
		{
			"number after submission", submittedTollFree, tie(tollFree, theNumber("+18445550100")),
			"conflict REGISTRATION_ALREADY_SUBMITTED registration",
		},
		{
			"number after denial", then(submittedTollFree, decide(tollFree, types.RegistrationVersionStatusDenied)),
			tie(tollFree, theNumber("+18445550100")), "quota PHONE_NUMBERS_PER_REGISTRATION",
		},
		// The numbers of a campaign come after its approval.
		{"number before approval", filledCampaign, tie(campaign, theNumber(ourNumber)), "conflict REGISTRATION_NOT_COMPLETE registration"},
		{"number after approval", approvedCampaign, tie(campaign, theNumber(ourNumber)), "ok"},
		// A new number is requested under the same rules.
		{"request", approvedCampaign, request(types.RequestableNumberTypeTenDlc, "US", campaign), "ok"},
		{
			"request before approval", filledCampaign, request(types.RequestableNumberTypeTenDlc, "US", campaign),
			"conflict REGISTRATION_NOT_COMPLETE registration",
		},
		{
			"request another type", approvedCampaign, request(types.RequestableNumberTypeTollFree, "US", campaign),
			"validation INVALID_REGISTRATION_ASSOCIATION RegistrationId",
		},
		{
			"request elsewhere",
			[]call{begin(tollFree)},
			request(types.RequestableNumberTypeTollFree, "GB", tollFree),
			"conflict PHONE_NUMBER_NOT_IN_REGISTRATION_REGION phone-number",
		},
		{"50th number", full, request(types.RequestableNumberTypeTenDlc, "US", campaign), "quota PHONE_NUMBERS_PER_REGISTRATION"},
		// A registration under review lets go of nothing.
		{
			"release under review", submittedTollFree, releaseNumber(tollFreeNumber),
			"conflict DISASSOCIATE_REGISTRATION_NOT_ALLOWED phone-number",
		},
		{"release after denial", deniedTollFree, releaseNumber(tollFreeNumber), "ok"},
		// A sender id comes with the approval, by no call; a name that is none is not found.
		{
			"sender id",
			[]call{begin(brand), newSenderID("EXAMPLE", "GB")},
			tie(brand, theID("EXAMPLE")),
			"validation INVALID_REGISTRATION_ASSOCIATION ResourceId",
		},
		{
			"sender id by ARN",
			[]call{begin(brand), newSenderID("EXAMPLE", "GB")},
			tie(brand, theID(senderIDARN+"EXAMPLE/GB")),
			"validation INVALID_REGISTRATION_ASSOCIATION ResourceId",
		},
		{"absent sender id", []call{begin(brand)}, tie(brand, theID("EXAMPLE")), "not found phone-number EXAMPLE"},
		// A registration whose number is given back is closed.
		{
			"closed", then(deniedTollFree, releaseNumber(tollFreeNumber)), tie(tollFree, theNumber("+18445550100")),
			"conflict RESOURCE_NOT_ACTIVE registration",
		},
		{"delete closed", then(deniedTollFree, releaseNumber(tollFreeNumber)), dropRegistration(tollFree), "ok"},
		{"list absent", nil, of(brand, func(ctx context.Context, d double, id string) error {
			_, err := d.client.ListRegistrationAssociations(ctx, &api.ListRegistrationAssociationsInput{RegistrationId: &id})
			return err
		}), "not found registration registration-1"},
	})
}

func releaseNumber(number string) call {
	return func(ctx context.Context, d double) error {
		id, err := theNumber(number)(ctx, d)
		if err != nil {
			return err
		}
		_, err = d.client.ReleasePhoneNumber(ctx, &api.ReleasePhoneNumberInput{PhoneNumberId: &id})
		return err
	}
}
