package simulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
	"pgregory.net/rapid"
)

// state is what DescribeRegistrations and DescribeRegistrationVersions say of a registration.
func state(t *testing.T, d double, kind string) string {
	t.Helper()
	id, err := registrationID(t.Context(), d, kind)
	must(t, err)
	r, err := d.client.DescribeRegistrations(t.Context(), &api.DescribeRegistrationsInput{RegistrationIds: []string{id}})
	must(t, err)
	versions, err := d.client.DescribeRegistrationVersions(t.Context(), &api.DescribeRegistrationVersionsInput{RegistrationId: &id})
	must(t, err)
	words := []string{string(r.Registrations[0].RegistrationStatus)}
	for _, v := range versions.RegistrationVersions {
		words = append(words, string(v.RegistrationVersionStatus))
	}
	return strings.Join(words, " ")
}

// The clock alone brings a version from its submission to its approval; the next one archives it.
func TestRegistrationReviewByTheClock(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	for _, step := range []struct {
		calls []call
		want  string
	}{
		{[]call{begin(brand)}, "CREATED DRAFT"},
		{[]call{fill(brand), submit(brand)}, "SUBMITTED SUBMITTED"},
		{[]call{wait(6 * time.Hour)}, "REVIEWING REVIEWING"},
		{[]call{wait(18 * time.Hour)}, "COMPLETE APPROVED"},
		// A draft beside the approved version changes nothing, nor does giving it up.
		{[]call{draft(brand)}, "COMPLETE APPROVED DRAFT"},
		{[]call{discard(brand), draft(brand)}, "COMPLETE APPROVED DISCARDED DRAFT"},
		{[]call{fill(brand), submit(brand)}, "SUBMITTED APPROVED DISCARDED SUBMITTED"},
		{[]call{wait(day)}, "COMPLETE ARCHIVED DISCARDED APPROVED"},
	} {
		do(t, d, step.calls...)
		if got := state(t, d, brand); got != step.want {
			t.Fatalf("got %s, want %s", got, step.want)
		}
	}
	id, err := registrationID(t.Context(), d, brand)
	must(t, err)
	out, err := d.client.DescribeRegistrationVersions(t.Context(), &api.DescribeRegistrationVersionsInput{
		RegistrationId: &id, Filters: []types.RegistrationVersionFilter{{
			Name: types.RegistrationVersionFilterNameRegistrationVersionStatus, Values: []string{"ARCHIVED", "APPROVED"},
		}},
	})
	must(t, err)
	// Each status has its own time, although nobody looked at the second version before the end.
	first := out.RegistrationVersions[0].RegistrationVersionStatusHistory
	second := out.RegistrationVersions[1].RegistrationVersionStatusHistory
	got := []time.Duration{
		first.ApprovedTimestamp.Sub(*first.SubmittedTimestamp), first.ArchivedTimestamp.Sub(*second.ApprovedTimestamp),
		second.ReviewingTimestamp.Sub(*second.SubmittedTimestamp), second.ApprovedTimestamp.Sub(*second.SubmittedTimestamp),
	}
	if diff := cmp.Diff([]time.Duration{day, 0, 6 * time.Hour, day}, got); diff != "" {
		t.Error(diff)
	}
}

// AWS reads first if it is asked to.
func TestRegistrationAWSReview(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, begin(brand), fill(brand))
	id, err := registrationID(t.Context(), d, brand)
	must(t, err)
	out, err := d.client.SubmitRegistrationVersion(t.Context(), &api.SubmitRegistrationVersionInput{RegistrationId: &id, AwsReview: true})
	must(t, err)
	if !out.AwsReview {
		t.Error("the answer does not say that AWS reviews")
	}
	d.Advance(3 * time.Hour)
	if got := state(t, d, brand); got != "AWS_REVIEWING AWS_REVIEWING" {
		t.Error(got)
	}
}

// A reviewer's word is final until the next: the clock approves nothing that a reviewer has in hand.
func TestDecideRegistration(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, submittedBrand...)
	for _, step := range []struct {
		calls []call
		want  string
	}{
		{[]call{decide(brand, types.RegistrationVersionStatusRequiresAuthentication)}, "REQUIRES_AUTHENTICATION REQUIRES_AUTHENTICATION"},
		{[]call{wait(30 * day)}, "REQUIRES_AUTHENTICATION REQUIRES_AUTHENTICATION"},
		{[]call{decide(brand, types.RegistrationVersionStatusReviewing)}, "REVIEWING REVIEWING"},
		{[]call{decide(brand, types.RegistrationVersionStatusDenied,
			simulator.Denial{Field: "companyInfo.taxId", Reason: "INVALID_TAX_ID", Description: "The tax ID is not that of the company"},
			simulator.Denial{Reason: "INCOMPLETE", Description: "The website cannot be reached"})}, "REQUIRES_UPDATES DENIED"},
		{[]call{draft(brand), fill(brand), submit(brand)}, "SUBMITTED DENIED SUBMITTED"},
		{[]call{decide(brand, types.RegistrationVersionStatusApproved)}, "COMPLETE DENIED APPROVED"},
		{[]call{draft(brand), decide(brand, types.RegistrationVersionStatusRevoked)}, "REQUIRES_UPDATES DENIED REVOKED DRAFT"},
	} {
		do(t, d, step.calls...)
		if got := state(t, d, brand); got != step.want {
			t.Fatalf("got %s, want %s", got, step.want)
		}
	}
	for name, refused := range map[string]call{
		"a draft is not approved":      decide(brand, types.RegistrationVersionStatusApproved),
		"nobody archives by hand":      decide(brand, types.RegistrationVersionStatusArchived),
		"there is nothing to revoke":   decide(brand, types.RegistrationVersionStatusRevoked),
		"there must be a registration": decide(campaign, types.RegistrationVersionStatusDenied),
	} {
		if refused(t.Context(), d) == nil {
			t.Error(name)
		}
	}
	id, err := registrationID(t.Context(), d, brand)
	must(t, err)
	versions, err := d.client.DescribeRegistrationVersions(t.Context(), &api.DescribeRegistrationVersionsInput{
		RegistrationId: &id, VersionNumbers: []int64{1},
	})
	must(t, err)
	reasons := versions.RegistrationVersions[0].DeniedReasons
	if len(reasons) != 2 || *reasons[0].Reason != "INVALID_TAX_ID" || *reasons[1].ShortDescription != "The website cannot be reached" {
		t.Errorf("%+v", reasons)
	}
	values, err := d.client.DescribeRegistrationFieldValues(t.Context(), &api.DescribeRegistrationFieldValuesInput{
		RegistrationId: &id, VersionNumber: aws.Int64(1), FieldPaths: []string{"companyInfo.taxId", "companyInfo.city"},
	})
	must(t, err)
	got := map[string]string{}
	for _, v := range values.RegistrationFieldValues {
		got[*v.FieldPath] = aws.ToString(v.DeniedReason)
	}
	want := map[string]string{"companyInfo.taxId": "The tax ID is not that of the company", "companyInfo.city": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	do(t, d, begin(vetting))
	r, err := d.client.DescribeRegistrations(t.Context(), &api.DescribeRegistrationsInput{Filters: []types.RegistrationFilter{
		{Name: types.RegistrationFilterNameRegistrationStatus, Values: []string{"REQUIRES_UPDATES", "COMPLETE"}},
	}})
	must(t, err)
	if len(r.Registrations) != 1 {
		t.Fatalf("%+v", r.Registrations)
	}
	if i := r.Registrations[0]; *i.LatestDeniedVersionNumber != 1 || *i.CurrentVersionNumber != 3 || i.ApprovedVersionNumber != nil {
		t.Errorf("%+v", i)
	}
}

// A new version is empty; the values of the old one stay to be read, with what each field holds.
func TestRegistrationValues(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, begin(tollFree), fill(tollFree), putText(tollFree, "companyInfo.address2", "Suite 5"), discard(tollFree), draft(tollFree))
	id, err := registrationID(t.Context(), d, tollFree)
	must(t, err)
	now, err := d.client.DescribeRegistrationFieldValues(t.Context(), &api.DescribeRegistrationFieldValuesInput{RegistrationId: &id})
	must(t, err)
	if len(now.RegistrationFieldValues) != 0 || *now.VersionNumber != 2 {
		t.Errorf("version 2: %+v", now)
	}
	before, err := d.client.DescribeRegistrationFieldValues(t.Context(), &api.DescribeRegistrationFieldValuesInput{
		RegistrationId: &id, VersionNumber: aws.Int64(1), SectionPath: aws.String("messagingUseCase"),
	})
	must(t, err)
	got := map[string]bool{}
	for _, v := range before.RegistrationFieldValues {
		got[*v.FieldPath] = v.TextValue != nil || len(v.SelectChoices) == 1 || v.RegistrationAttachmentId != nil
	}
	want := map[string]bool{
		"messagingUseCase.monthlyMessageVolume": true, "messagingUseCase.useCaseCategory": true,
		"messagingUseCase.useCaseDetails": true, "messagingUseCase.optInType": true,
		"messagingUseCase.optInDescription": true, "messagingUseCase.optInImage": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// An upload takes some seconds, and fails where the object's name says so.
func TestRegistrationUploads(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, uploadURL("s3://bucket/form.pdf"), uploadURL("s3://bucket/upload-failed.pdf"))
	statuses := func() map[string]string {
		out, err := d.client.DescribeRegistrationAttachments(t.Context(), &api.DescribeRegistrationAttachmentsInput{})
		must(t, err)
		got := map[string]string{}
		for _, a := range out.RegistrationAttachments {
			got[*a.AttachmentUrl] = strings.TrimSpace(string(a.AttachmentStatus) + " " + string(a.AttachmentUploadErrorReason))
		}
		return got
	}
	want := map[string]string{"s3://bucket/form.pdf": "UPLOAD_IN_PROGRESS", "s3://bucket/upload-failed.pdf": "UPLOAD_IN_PROGRESS"}
	if diff := cmp.Diff(want, statuses()); diff != "" {
		t.Error(diff)
	}
	d.Advance(5 * time.Second)
	want = map[string]string{"s3://bucket/form.pdf": "UPLOAD_COMPLETE", "s3://bucket/upload-failed.pdf": "UPLOAD_FAILED INTERNAL_ERROR"}
	if diff := cmp.Diff(want, statuses()); diff != "" {
		t.Error(diff)
	}
}

// A number that is requested for a registration says so, is listed, and is free again when the registration goes.
func TestRegistrationAssociations(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, approvedCampaign...)
	id, err := registrationID(t.Context(), d, campaign)
	must(t, err)
	number, err := d.client.RequestPhoneNumber(t.Context(), &api.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeTenDlc,
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, RegistrationId: &id,
	})
	must(t, err)
	if aws.ToString(number.RegistrationId) != id {
		t.Errorf("%+v", number)
	}
	list := func(filters ...types.RegistrationAssociationFilter) map[string]string {
		pages := api.NewListRegistrationAssociationsPaginator(d.client, &api.ListRegistrationAssociationsInput{
			RegistrationId: &id, Filters: filters, MaxResults: aws.Int32(1),
		})
		got := map[string]string{}
		for pages.HasMorePages() {
			out, err := pages.NextPage(t.Context())
			must(t, err)
			for _, a := range out.RegistrationAssociations {
				got[*a.ResourceType] = *a.ResourceArn + " " + aws.ToString(a.IsoCountryCode) + aws.ToString(a.PhoneNumber)
			}
		}
		return got
	}
	brandID, err := registrationID(t.Context(), d, brand)
	must(t, err)
	ten := *number.PhoneNumberArn + " US" + *number.PhoneNumber
	want := map[string]string{"TEN_DLC": ten, brand: "arn:aws:sms-voice:us-east-1:111122223333:registration/" + brandID + " "}
	if diff := cmp.Diff(want, list()); diff != "" {
		t.Error(diff)
	}
	for name, value := range map[types.RegistrationAssociationFilterName]string{
		types.RegistrationAssociationFilterNameResourceType: "TEN_DLC", types.RegistrationAssociationFilterNameIsoCountryCode: "US",
	} {
		got := list(types.RegistrationAssociationFilter{Name: name, Values: []string{value}})
		if diff := cmp.Diff(map[string]string{"TEN_DLC": ten}, got); diff != "" {
			t.Error(diff)
		}
	}
	_, err = d.client.ReleasePhoneNumber(t.Context(), &api.ReleasePhoneNumberInput{PhoneNumberId: number.PhoneNumberId})
	must(t, err)
	if got := list(); len(got) != 1 {
		t.Errorf("after the release: %v", got)
	}
	if got := state(t, d, campaign); got != "COMPLETE APPROVED" {
		t.Error(got)
	}
	do(t, d, begin(tollFree), tie(tollFree, theNumber(tollFreeNumber)), dropRegistration(tollFree))
	numbers, err := d.client.DescribePhoneNumbers(t.Context(), &api.DescribePhoneNumbersInput{
		Filters: []types.PhoneNumberFilter{{Name: types.PhoneNumberFilterNameNumberType, Values: []string{"TOLL_FREE"}}},
	})
	must(t, err)
	if len(numbers.PhoneNumbers) != 1 || numbers.PhoneNumbers[0].RegistrationId != nil {
		t.Errorf("after the registration is deleted: %+v", numbers.PhoneNumbers)
	}
	do(t, d, submittedTollFree...)
	do(t, d, wait(60*day), releaseNumber(tollFreeNumber))
	if got := state(t, d, tollFree); got != "CLOSED APPROVED" {
		t.Error(got)
	}
}

// The forms tell what they ask and what may be tied to them, in pages and by filter.
func TestRegistrationDefinitions(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	kinds := func(name types.RegistrationTypeFilterName, value string) []string {
		out, err := d.client.DescribeRegistrationTypeDefinitions(t.Context(), &api.DescribeRegistrationTypeDefinitionsInput{
			Filters: []types.RegistrationTypeFilter{{Name: name, Values: []string{value}}},
		})
		must(t, err)
		var got []string
		for _, k := range out.RegistrationTypeDefinitions {
			got = append(got, *k.RegistrationType)
		}
		return got
	}
	for name, want := range map[types.RegistrationTypeFilterName][]string{
		types.RegistrationTypeFilterNameSupportedAssociationResourceType:   {tollFree},
		types.RegistrationTypeFilterNameSupportedAssociationIsoCountryCode: {vetting, campaign, tollFree},
	} {
		value := map[bool]string{true: "TOLL_FREE", false: "US"}[len(want) == 1]
		if diff := cmp.Diff(want, kinds(name, value)); diff != "" {
			t.Error(diff)
		}
	}
	all, err := d.client.DescribeRegistrationTypeDefinitions(t.Context(), &api.DescribeRegistrationTypeDefinitionsInput{})
	must(t, err)
	for _, k := range all.RegistrationTypeDefinitions {
		sections := map[string]bool{}
		out, err := d.client.DescribeRegistrationSectionDefinitions(t.Context(),
			&api.DescribeRegistrationSectionDefinitionsInput{RegistrationType: k.RegistrationType})
		must(t, err)
		for _, s := range out.RegistrationSectionDefinitions {
			sections[*s.SectionPath] = false
		}
		fields, err := d.client.DescribeRegistrationFieldDefinitions(t.Context(),
			&api.DescribeRegistrationFieldDefinitionsInput{RegistrationType: k.RegistrationType})
		must(t, err)
		for _, f := range fields.RegistrationFieldDefinitions {
			if _, known := sections[*f.SectionPath]; !known {
				t.Errorf("%s: field %s has no section", *k.RegistrationType, *f.FieldPath)
			}
			sections[*f.SectionPath] = true
		}
		for section, used := range sections {
			if !used {
				t.Errorf("%s: section %s has no field", *k.RegistrationType, section)
			}
		}
	}
	out, err := d.client.DescribeRegistrationFieldDefinitions(t.Context(), &api.DescribeRegistrationFieldDefinitionsInput{
		RegistrationType: aws.String(brand), SectionPath: aws.String("contactInfo"), FieldPaths: []string{"contactInfo.website", "companyInfo.city"},
	})
	must(t, err)
	if len(out.RegistrationFieldDefinitions) != 1 || *out.RegistrationFieldDefinitions[0].TextValidation.MaxLength != 100 {
		t.Errorf("%+v", out.RegistrationFieldDefinitions)
	}
}

// The same token is answered with the same thing.
func TestRegistrationClientTokens(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	token := aws.String("once")
	for range 2 {
		_, err := d.client.CreateRegistration(t.Context(), &api.CreateRegistrationInput{RegistrationType: aws.String(brand), ClientToken: token})
		must(t, err)
		_, err = d.client.CreateRegistrationAttachment(t.Context(), &api.CreateRegistrationAttachmentInput{AttachmentBody: png, ClientToken: token})
		must(t, err)
		_, err = d.client.CreateVerifiedDestinationNumber(t.Context(), &api.CreateVerifiedDestinationNumberInput{
			DestinationPhoneNumber: aws.String(person), ClientToken: token,
		})
		must(t, err)
	}
	registrations, err := d.client.DescribeRegistrations(t.Context(), &api.DescribeRegistrationsInput{})
	must(t, err)
	attachments, err := d.client.DescribeRegistrationAttachments(t.Context(), &api.DescribeRegistrationAttachmentsInput{})
	must(t, err)
	if len(registrations.Registrations) != 1 || len(attachments.RegistrationAttachments) != 1 {
		t.Errorf("%d registrations, %d attachments", len(registrations.Registrations), len(attachments.RegistrationAttachments))
	}
	_, err = d.client.CreateRegistration(t.Context(), &api.CreateRegistrationInput{RegistrationType: aws.String(campaign), ClientToken: token})
	if got := verdict(err); got != "validation INVALID_PARAMETER ClientToken" {
		t.Error(got)
	}
}

// Whatever its owner, its reviewer and the clock do, a registration has one version in force at most, only its last
// version is open, and its status says what the last submitted version is.
func TestRegistrationInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := simulator.New(simulator.Options{Now: func() time.Time { return noon }})
		r, err := d.CreateRegistration(t.Context(), &api.CreateRegistrationInput{RegistrationType: aws.String(brand)})
		if err != nil {
			t.Fatal(err)
		}
		id := r.RegistrationId
		t.Repeat(map[string]func(*rapid.T){
			"fill": func(t *rapid.T) { fillDirectly(t, d, id) },
			"submit": func(t *rapid.T) {
				_, _ = d.SubmitRegistrationVersion(t.Context(), &api.SubmitRegistrationVersionInput{
					RegistrationId: id, AwsReview: rapid.Bool().Draw(t, "AWS reviews"),
				})
			},
			"draft": func(t *rapid.T) {
				_, _ = d.CreateRegistrationVersion(t.Context(), &api.CreateRegistrationVersionInput{RegistrationId: id})
			},
			"discard": func(t *rapid.T) {
				_, _ = d.DiscardRegistrationVersion(t.Context(), &api.DiscardRegistrationVersionInput{RegistrationId: id})
			},
			"decide": func(t *rapid.T) {
				status := rapid.SampledFrom(types.RegistrationVersionStatus("").Values()).Draw(t, "status")
				_ = d.DecideRegistration(*id, status)
			},
			"wait": func(t *rapid.T) { d.Advance(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour) },
			"":     func(t *rapid.T) { checkRegistration(t, d, id) },
		})
	})
}

// fillDirectly enters what the brand's form requires, if the current version takes it.
func fillDirectly(t *rapid.T, d *simulator.Simulator, id *string) {
	out, err := d.DescribeRegistrationFieldDefinitions(t.Context(), &api.DescribeRegistrationFieldDefinitionsInput{
		RegistrationType: aws.String(brand),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.RegistrationFieldDefinitions {
		in := &api.PutRegistrationFieldValueInput{RegistrationId: id, FieldPath: f.FieldPath}
		if f.SelectValidation != nil {
			in.SelectChoices = f.SelectValidation.Options[:1]
		} else {
			in.TextValue = aws.String("US")
		}
		_, _ = d.PutRegistrationFieldValue(t.Context(), in)
	}
}

func checkRegistration(t *rapid.T, d *simulator.Simulator, id *string) {
	all, err := d.DescribeRegistrations(t.Context(), &api.DescribeRegistrationsInput{})
	if err != nil {
		t.Fatal(err)
	}
	versions, err := d.DescribeRegistrationVersions(t.Context(), &api.DescribeRegistrationVersionsInput{RegistrationId: id})
	if err != nil {
		t.Fatal(err)
	}
	r := all.Registrations[0]
	want := types.RegistrationStatusCreated
	var approved []int64
	for i, v := range versions.RegistrationVersions {
		settled := true
		switch v.RegistrationVersionStatus {
		case types.RegistrationVersionStatusDraft:
			settled = false
		case types.RegistrationVersionStatusDiscarded:
		case types.RegistrationVersionStatusApproved:
			approved, want = append(approved, *v.VersionNumber), types.RegistrationStatusComplete
		case types.RegistrationVersionStatusArchived:
		case types.RegistrationVersionStatusDenied, types.RegistrationVersionStatusRevoked:
			want = types.RegistrationStatusRequiresUpdates
		default:
			settled, want = false, types.RegistrationStatus(v.RegistrationVersionStatus)
		}
		if !settled && i < len(versions.RegistrationVersions)-1 {
			t.Fatalf("version %d of %d is %s", i+1, len(versions.RegistrationVersions), v.RegistrationVersionStatus)
		}
	}
	if len(approved) > 1 || len(approved) == 1 && aws.ToInt64(r.ApprovedVersionNumber) != approved[0] {
		t.Fatalf("in force: %v, the registration says %d", approved, aws.ToInt64(r.ApprovedVersionNumber))
	}
	if r.RegistrationStatus != want {
		t.Fatalf("status %s, want %s", r.RegistrationStatus, want)
	}
}
