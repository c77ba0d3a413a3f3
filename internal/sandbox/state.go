package sandbox

import (
	"time"
)

// state is everything that a state file keeps.
type state struct {
	Version  int                   `json:"version"`
	Seed     int64                 `json:"seed"`
	Now      time.Time             `json:"now"`
	Speed    float64               `json:"speed"`
	Settings Settings              `json:"settings"`
	First    string                `json:"first"` // account of credentials that name none
	Accounts map[string]*account   `json:"accounts"`
	Keys     map[string]credential `json:"credentials"`
	Regions  []RegionSettings      `json:"regions,omitempty"`
	Faults   []*Fault              `json:"faults,omitempty"`
	Timers   timers                `json:"timers,omitempty"`
	Requests int64                 `json:"requests"`
}

// credential is an access key that the scene or AssumeRole gave out.
type credential struct {
	Account string    `json:"account"`
	ARN     string    `json:"arn,omitempty"`
	UserID  string    `json:"user_id,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
}

type account struct {
	ID           string             `json:"id"`
	Name         string             `json:"name,omitempty"`
	Alias        string             `json:"alias,omitempty"`
	Partition    string             `json:"partition"`
	Organization string             `json:"organization,omitempty"`
	Units        []string           `json:"units,omitempty"`
	Enabled      []string           `json:"enabled"`
	Regions      map[string]*region `json:"regions"`
}

// region is what one account has in one Region.
type region struct {
	Name      string                 `json:"name"`
	Account   string                 `json:"account"`
	Images    table[*image]          `json:"images"`
	Snapshots table[*snapshot]       `json:"snapshots"`
	Volumes   table[*volume]         `json:"volumes"`
	Instances table[*instance]       `json:"instances"`
	Templates table[*launchTemplate] `json:"launch_templates"`
	Keys      table[*kmsKey]         `json:"keys"`
	KeyPairs  table[*keyPair]        `json:"key_pairs"`
	Groups    table[*securityGroup]  `json:"security_groups"`
	Params    table[*parameter]      `json:"parameters"`
	Refs      []recipe               `json:"recipes,omitempty"`
	Names     map[string]nameHold    `json:"names"`
	Dead      map[string]time.Time   `json:"deregistered"` // ids that were images once, and when they ceased
	Tokens    map[string]token       `json:"tokens"`
	Nth       map[string]int         `json:"nth"` // how often an id was made for the same thing
	Copying   int                    `json:"copying"`

	Encrypt      bool      `json:"default_encryption,omitempty"`
	DefaultKey   string    `json:"default_key,omitempty"` // ARN; empty is aws/ebs
	BlockPublic  string    `json:"block_public_access"`
	BlockBefore  string    `json:"block_before,omitempty"` // until BlockFrom
	BlockFrom    time.Time `json:"block_from,omitzero"`
	Allowed      Allowed   `json:"allowed,omitzero"`
	KeepImages   Duration  `json:"recycle_images,omitempty"`
	KeepSnaps    Duration  `json:"recycle_snapshots,omitempty"`
	RecycledAMIs int       `json:"recycled_images,omitempty"`
}

// nameHold is who holds an AMI name, and until when after deregistration.
type nameHold struct {
	ID    string    `json:"id"`
	Until time.Time `json:"until,omitzero"`
}

// token is a ClientToken that was used.
type token struct {
	Hash string    `json:"hash"`
	ID   string    `json:"id"`
	Used time.Time `json:"used"`
}

type image struct {
	ID              string        `json:"id"`
	Owner           string        `json:"owner"`
	Name            string        `json:"name"`
	Description     string        `json:"description,omitempty"`
	Location        string        `json:"location"`
	State           string        `json:"state"`
	ReasonCode      string        `json:"reason_code,omitempty"`
	Reason          string        `json:"reason,omitempty"`
	Architecture    string        `json:"architecture"`
	RootType        string        `json:"root_type"`
	RootName        string        `json:"root_name,omitempty"`
	Virtualization  string        `json:"virtualization"`
	Kernel          string        `json:"kernel,omitempty"`
	Ramdisk         string        `json:"ramdisk,omitempty"`
	Platform        string        `json:"platform,omitempty"`
	PlatformDetails string        `json:"platform_details"`
	UsageOperation  string        `json:"usage_operation"`
	BootMode        string        `json:"boot_mode,omitempty"`
	TPM             string        `json:"tpm,omitempty"`
	UEFI            string        `json:"uefi,omitempty"`
	IMDS            string        `json:"imds,omitempty"`
	Sriov           string        `json:"sriov,omitempty"`
	ENA             bool          `json:"ena,omitempty"`
	Devices         []blockDevice `json:"devices,omitempty"`
	Tags            tags          `json:"tags,omitempty"`
	Created         time.Time     `json:"created"`
	Deprecation     time.Time     `json:"deprecation,omitzero"`
	Launched        time.Time     `json:"launched,omitzero"`
	Protection      string        `json:"protection,omitempty"`
	Cooldown        time.Time     `json:"cooldown,omitzero"` // protected until, after protection was disabled
	SourceID        string        `json:"source_id,omitempty"`
	SourceRegion    string        `json:"source_region,omitempty"`
	SourceInstance  string        `json:"source_instance,omitempty"`
	ProductCodes    []string      `json:"product_codes,omitempty"`
	Billing         []string      `json:"billing,omitempty"`
	Watermarks      []string      `json:"watermarks,omitempty"`
	SSMParameter    string        `json:"ssm_parameter,omitempty"`
	Backup          bool          `json:"backup,omitempty"`
	Public          bool          `json:"public,omitempty"`
	Users           []string      `json:"users,omitempty"`
	Organizations   []string      `json:"organizations,omitempty"`
	Units           []string      `json:"units,omitempty"`
	Fate            string        `json:"fate,omitempty"` // why a pending image will fail
	Seen            time.Time     `json:"seen,omitzero"`  // not found before
	Binned          time.Time     `json:"binned,omitzero"`
	Leaves          time.Time     `json:"leaves,omitzero"` // the Recycle Bin
}

type blockDevice struct {
	Name      string `json:"name"`
	Virtual   string `json:"virtual,omitempty"`
	NoDevice  bool   `json:"no_device,omitempty"`
	Snapshot  string `json:"snapshot,omitempty"`
	Size      int    `json:"size,omitempty"`
	Type      string `json:"type,omitempty"`
	IOPS      int    `json:"iops,omitempty"`
	Rate      int    `json:"throughput,omitempty"`
	Encrypted bool   `json:"encrypted,omitempty"`
	Keep      bool   `json:"keep,omitempty"` // not deleted on termination
}

type snapshot struct {
	ID          string    `json:"id"`
	Owner       string    `json:"owner"`
	Volume      string    `json:"volume"`
	Size        int       `json:"size"`
	Written     int64     `json:"written"` // bytes
	Encrypted   bool      `json:"encrypted,omitempty"`
	Key         string    `json:"key,omitempty"`
	Description string    `json:"description,omitempty"`
	State       string    `json:"state"`
	Message     string    `json:"message,omitempty"`
	Started     time.Time `json:"started"`
	Due         time.Time `json:"due,omitzero"` // of a pending one
	Completed   time.Time `json:"completed,omitzero"`
	Tags        tags      `json:"tags,omitempty"`
	Users       []string  `json:"users,omitempty"`
	Public      bool      `json:"public,omitempty"`
	Tier        string    `json:"tier,omitempty"`
	Minutes     int       `json:"minutes,omitempty"` // of a time-based copy
	Images      []string  `json:"images,omitempty"`  // AMIs that use it
	Seen        time.Time `json:"seen,omitzero"`
	Binned      time.Time `json:"binned,omitzero"`
	Leaves      time.Time `json:"leaves,omitzero"`
}

func (i *image) key() string    { return i.ID }
func (s *snapshot) key() string { return s.ID }

// binned tells whether the image is in the Recycle Bin, where DescribeImages
// does not see it.
func (i *image) binned() bool { return !i.Binned.IsZero() }

func (s *snapshot) binned() bool { return !s.Binned.IsZero() }

// live tells whether the image still is one: not deregistered, not binned.
func (i *image) live() bool { return i.State != stateDeregistered && !i.binned() }

// The states of an image and of a snapshot that the sandbox uses.
const (
	statePending      = "pending"
	stateAvailable    = "available"
	stateFailed       = "failed"
	stateDisabled     = "disabled"
	stateDeregistered = "deregistered"
	stateCompleted    = "completed"
	stateError        = "error"
)
