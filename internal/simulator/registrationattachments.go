package simulator

import (
	"context"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

const (
	// maxAttachmentBytes is what API_CreateRegistrationAttachment gives; older pages say 500 KB.
	maxAttachmentBytes = 1 << 20
	// maxAttachmentsPerDay is a quota that has a reason and that no page gives: the double's choice. A day is the past
	// 24 hours.
	maxAttachmentsPerDay = 50
	// uploadTime is how long an attachment is UPLOAD_IN_PROGRESS. AWS takes some seconds.
	uploadTime = 5 * time.Second
	// failingUpload in the name of an S3 object makes its upload fail. The double reads no bucket.
	failingUpload = "upload-failed"
)

// attachment is a file for the field of a form. The double keeps no content.
type attachment struct {
	id, arn string
	url     *string
	fails   bool
	created time.Time
	status  types.AttachmentStatus
}

// CreateRegistrationAttachment takes a file in by its bytes or by its place in S3. Both at once are
// ValidationException PARAMETERS_CANNOT_BE_USED_TOGETHER, neither MISSING_PARAMETER, more than 1 MiB
// MAXIMUM_SIZE_EXCEEDED, anything but PDF, JPEG and PNG ATTACHMENT_TYPE_NOT_SUPPORTED. The upload is over some seconds
// later on the double's clock; an object in S3 with upload-failed in its name ends as UPLOAD_FAILED
// (API_CreateRegistrationAttachment).
func (s *Simulator) CreateRegistrationAttachment(ctx context.Context, in *pinpointsmsvoicev2.CreateRegistrationAttachmentInput) (*pinpointsmsvoicev2.CreateRegistrationAttachmentOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateRegistrationAttachmentOutput, error) {
		if err := checkAttachment(in); err != nil {
			return nil, err
		}
		if err := s.checkQuota(types.AccountLimitNameRegistrationAttachments); err != nil {
			return nil, err
		}
		s.uploads = slices.DeleteFunc(s.uploads, func(at time.Time) bool { return now.Sub(at) >= 24*time.Hour })
		if len(s.uploads) >= maxAttachmentsPerDay {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonRegistrationAttachmentsCreatedPerDay)
		}
		s.uploads = append(s.uploads, now)
		id := s.newID("attachment")
		a := &attachment{
			id: id, arn: s.arn(types.ResourceTypeRegistrationAttachment, id), url: in.AttachmentUrl, created: now,
			fails:  strings.Contains(aws.ToString(in.AttachmentUrl), failingUpload),
			status: types.AttachmentStatusUploadInProgress,
		}
		s.attachments[id] = a
		return &pinpointsmsvoicev2.CreateRegistrationAttachmentOutput{
			RegistrationAttachmentArn: aws.String(a.arn), RegistrationAttachmentId: aws.String(a.id), AttachmentStatus: a.status,
			CreatedTimestamp: aws.Time(a.created), Tags: in.Tags,
		}, nil
	})
}

func checkAttachment(in *pinpointsmsvoicev2.CreateRegistrationAttachmentInput) error {
	var member, kind string
	switch {
	case in.AttachmentBody != nil && in.AttachmentUrl != nil:
		return validation(types.ValidationExceptionReasonParametersCannotBeUsedTogether, "AttachmentUrl",
			"cannot be used together with AttachmentBody")
	case in.AttachmentBody != nil:
		member, kind = "AttachmentBody", http.DetectContentType(in.AttachmentBody)
	case in.AttachmentUrl != nil:
		bucket, object, ok := strings.Cut(strings.TrimPrefix(*in.AttachmentUrl, "s3://"), "/")
		if !ok || bucket == "" || object == "" || !strings.HasPrefix(*in.AttachmentUrl, "s3://") {
			return invalid("AttachmentUrl", "must be of the form s3://BucketName/FileName")
		}
		member, kind = "AttachmentUrl", strings.ToLower(path.Ext(object))
	default:
		return missing("AttachmentBody")
	}
	if len(in.AttachmentBody) > maxAttachmentBytes {
		return validation(types.ValidationExceptionReasonMaximumSizeExceeded, member, "must have at most 1 MiB")
	}
	switch kind {
	case "application/pdf", "image/jpeg", "image/png", ".pdf", ".jpeg", ".jpg", ".png":
		return nil
	}
	return validation(types.ValidationExceptionReasonAttachmentTypeNotSupported, member, "must be a PDF, JPEG or PNG")
}

// DescribeRegistrationAttachments tells of the attachments with these ids or ARNs, or of all. One that does not exist
// is ResourceNotFoundException (API_DescribeRegistrationAttachments).
func (s *Simulator) DescribeRegistrationAttachments(ctx context.Context, in *pinpointsmsvoicev2.DescribeRegistrationAttachmentsInput) (*pinpointsmsvoicev2.DescribeRegistrationAttachmentsOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DescribeRegistrationAttachmentsOutput, error) {
		for _, a := range s.attachments {
			a.upload(now)
		}
		attachments, next, err := describe(listing[*attachment]{
			all: s.attachments, wanted: in.RegistrationAttachmentIds,
			find: func(ref string) (*attachment, error) { return s.attachment(ref, now) },
			key:  func(a *attachment) string { return a.id },
			keep: func(a *attachment) bool { return passes(in.Filters, a.filterValues) },
		}, (*attachment).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeRegistrationAttachmentsOutput{
			RegistrationAttachments: attachments, NextToken: next,
		}, nil
	})
}

// DeleteRegistrationAttachment drops an attachment. While a draft or a version under review or in force has it in a
// field, it is ConflictException RESOURCE_DELETION_NOT_ALLOWED: the operation declares a conflict, and the page does
// not say which (API_DeleteRegistrationAttachment).
func (s *Simulator) DeleteRegistrationAttachment(ctx context.Context, in *pinpointsmsvoicev2.DeleteRegistrationAttachmentInput) (*pinpointsmsvoicev2.DeleteRegistrationAttachmentOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DeleteRegistrationAttachmentOutput, error) {
		a, err := s.attachment(*in.RegistrationAttachmentId, now)
		if err != nil {
			return nil, err
		}
		for _, r := range sorted(s.registrations) {
			r.review(now)
			if r.needs(a.id) {
				return nil, conflict(types.ConflictExceptionReasonResourceDeletionNotAllowed,
					types.ResourceTypeRegistrationAttachment, a.id, "The attachment is in use by "+r.id)
			}
		}
		delete(s.attachments, a.id)
		i := a.information()
		return &pinpointsmsvoicev2.DeleteRegistrationAttachmentOutput{
			RegistrationAttachmentArn: i.RegistrationAttachmentArn, RegistrationAttachmentId: i.RegistrationAttachmentId,
			AttachmentStatus: types.AttachmentStatusDeleted, AttachmentUploadErrorReason: i.AttachmentUploadErrorReason,
			CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}

// needs says whether a version that still counts has the attachment in a field.
func (r *registration) needs(attachmentID string) bool {
	for _, v := range r.versions {
		counts := v.inReview() || v.status == types.RegistrationVersionStatusDraft ||
			v.status == types.RegistrationVersionStatusApproved
		for _, value := range v.values {
			if counts && aws.ToString(value.attachment) == attachmentID {
				return true
			}
		}
	}
	return false
}

// attachment finds an attachment by its id or ARN, as far as its upload is by now.
func (s *Simulator) attachment(ref string, now time.Time) (*attachment, error) {
	a, err := lookup(s, s.attachments, types.ResourceTypeRegistrationAttachment, ref)
	if err == nil {
		a.upload(now)
	}
	return a, err
}

// uploaded says whether an attachment is there for the reviewers to read.
func (s *Simulator) uploaded(id string, now time.Time) bool {
	a, err := s.attachment(id, now)
	return err == nil && a.status == types.AttachmentStatusUploadComplete
}

// upload brings an attachment to where it is by now.
func (a *attachment) upload(now time.Time) {
	switch {
	case now.Sub(a.created) < uploadTime:
	case a.fails:
		a.status = types.AttachmentStatusUploadFailed
	default:
		a.status = types.AttachmentStatusUploadComplete
	}
}

func (a *attachment) information() types.RegistrationAttachmentsInformation {
	i := types.RegistrationAttachmentsInformation{
		RegistrationAttachmentArn: aws.String(a.arn), RegistrationAttachmentId: aws.String(a.id), AttachmentStatus: a.status,
		AttachmentUrl: a.url, CreatedTimestamp: aws.Time(a.created),
	}
	if a.status == types.AttachmentStatusUploadFailed {
		i.AttachmentUploadErrorReason = types.AttachmentUploadErrorReasonInternalError
	}
	return i
}

func (a *attachment) filterValues(name string) []string {
	if types.RegistrationAttachmentFilterName(name) == types.RegistrationAttachmentFilterNameAttachmentStatus {
		return []string{string(a.status)}
	}
	return nil
}
