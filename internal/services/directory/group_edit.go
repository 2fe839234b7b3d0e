package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// SeatInput is the form of a new seat: a post of a unit for members, of a body such as 市政府 for the others.
type SeatInput struct {
	Rank    models.SeatRank
	Unit    string // code
	Body    string
	Post    string // 主要负责人, 主要领导
	From    models.Day
	Holder  string // who holds the post; empty: to be named later
	Title   string
	Version int64
}

// EndInput ends a seat or somebody's time in the Office.
type EndInput struct {
	To      models.Day // the last day
	Why     string
	Version int64
}

// HolderInput names who holds a post from a day on.
type HolderInput struct {
	Name    string
	Title   string
	From    models.Day
	Version int64
}

// editGroup is the frame of every change of a group: permission, the group, the change, the count of changes, history.
// change returns what it changed.
func (s *Service) editGroup(ctx context.Context, actor models.Actor, area, action, why string, version int64,
	change func(tx *gorm.DB, g *models.Group) (diff, error)) error {
	if err := s.guard.Allow(actor, "unit", "edit"); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		j, err := areaOf(tx, actor, area)
		if err != nil {
			return err
		}
		g, err := groupOf(tx, j.ID)
		if err != nil {
			return err
		}
		if g == nil {
			return errNoGroup
		}
		d, err := change(tx, g)
		if err != nil {
			return err
		}
		res := tx.Model(&models.Group{}).Where("id = ? AND version = ?", g.ID, version).Update("version", version+1)
		if res.Error != nil {
			return fmt.Errorf("change group of %s: %w", j.Code, res.Error)
		}
		if res.RowsAffected == 0 {
			return s.stale(tx, objectGroup, g.ID, version)
		}
		return s.keep(tx, actor, subject{objectGroup, g.ID, j.Code, version + 1}, action, why, d)
	})
}

// AddSeat gives a post a seat in the group. Returns fault.NotFound outside the actor's area, fault.Invalid with the fields
// rank, unit, body, post, from, holder, title – a second group leader at a time is one of them – and fault.Conflict if
// somebody was faster.
func (s *Service) AddSeat(ctx context.Context, actor models.Actor, area string, in SeatInput) error {
	for _, text := range []*string{&in.Body, &in.Post, &in.Holder, &in.Title} {
		*text = strings.TrimSpace(*text)
	}
	err := s.editGroup(ctx, actor, area, "seat", "", in.Version, func(tx *gorm.DB, g *models.Group) (diff, error) {
		var seats []models.Seat
		if err := tx.Preload("Post.Unit").Preload("Post.Holders").Where("group_id = ?", g.ID).Find(&seats).Error; err != nil {
			return nil, fmt.Errorf("read seats: %w", err)
		}
		post, err := s.checkSeat(tx, g, seats, in)
		if err != nil {
			return nil, err
		}
		if post.ID == 0 {
			if err := tx.Omit("Unit", "Holders").Create(&post).Error; err != nil {
				return nil, fmt.Errorf("write post: %w", err)
			}
		}
		seat := models.Seat{GroupID: g.ID, PostID: post.ID, Rank: in.Rank, Span: models.Span{FromDay: in.From}}
		if err := tx.Omit("Post").Create(&seat).Error; err != nil {
			return nil, err
		}
		d := diff{{Field: in.Rank.Label(), New: post.Label() + "（自 " + string(in.From) + "）"}}
		if in.Holder == "" {
			return d, nil
		}
		named, err := appoint(tx, post, HolderInput{Name: in.Holder, Title: in.Title, From: in.From})
		return append(d, named...), err
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) { // another leader was seated between our look and our writing
		return secondLeader("同一时间只能有一名组长，刚刚已有他人登记了组长。请刷新后核对。")
	}
	return err
}

func secondLeader(why string) error {
	return &fault.Error{Kind: fault.Invalid, Message: why, Fields: map[string]string{"rank": why}}
}

// checkSeat checks the form of a new seat and returns its post, with an id if it is known already.
func (s *Service) checkSeat(tx *gorm.DB, g *models.Group, seats []models.Seat, in SeatInput) (models.Post, error) {
	var form fault.Form
	post := models.Post{Body: in.Body, Name: in.Post}
	if !slices.Contains(models.SeatRanks, in.Rank) {
		form.Add("rank", "请选择组长、副组长或成员。")
	}
	form.Require("post", "职务", in.Post)
	tooLong(&form, "post", "职务", in.Post, maxName)
	tooLong(&form, "body", "所在机构", in.Body, maxName)
	form.Require("from", "起始日期", string(in.From))
	checkDay(&form, "from", "起始日期", in.From)
	tooLong(&form, "holder", "姓名", in.Holder, maxName)
	tooLong(&form, "title", "现任职务", in.Title, maxName)
	if in.Title != "" && in.Holder == "" {
		form.Add("holder", "填了现任职务的，请填写任职人员姓名。")
	}
	if err := s.seatUnit(tx, g, in, &post, &form); err != nil {
		return post, err
	}
	for _, seat := range seats {
		if seat.Post.Label() == post.Label() {
			post.ID, post.Holders = seat.PostID, seat.Post.Holders
		}
		if seat.ToDay != "" && seat.ToDay < in.From {
			continue
		}
		switch {
		case seat.Rank == models.SeatLeader && in.Rank == models.SeatLeader:
			form.Add("rank", "同一时间只能有一名组长：组长现为"+describeSeat(seat, s.today())+"。请先为其填写止期，再登记新的组长；只是换人的，请点“更换人员”。")
		case seat.Post.Label() == post.Label() && post.Label() != "":
			form.Add("post", post.Label()+"已是"+seat.Rank.Label()+"（自 "+since(seat.FromDay)+" 起），不能重复登记。")
		}
	}
	return post, form.Err()
}

// seatUnit finds the unit of a member's post.
func (s *Service) seatUnit(tx *gorm.DB, g *models.Group, in SeatInput, post *models.Post, form *fault.Form) error {
	if in.Unit == "" {
		if in.Rank == models.SeatMember {
			form.Add("unit", "成员按单位职务登记，请选择单位。")
		} else {
			form.Require("body", "所在机构", in.Body)
		}
		return nil
	}
	if in.Body != "" {
		form.Add("body", "已选择单位的，不填所在机构。")
	}
	post.Body = ""
	var units []models.Unit
	err := tx.Where("code = ? AND jurisdiction_id = ? AND closed_at = 0 AND kind IN ?", strings.ToLower(in.Unit), g.JurisdictionID, Creatable).Find(&units).Error
	if err != nil {
		return fmt.Errorf("find unit of post: %w", err)
	}
	if len(units) == 0 {
		form.Add("unit", "请从列表中选择本地在用的单位。")
		return nil
	}
	post.UnitID, post.Unit = &units[0].ID, &units[0]
	return nil
}

// describeSeat names a seat, who holds it and since when: 市政府主要领导（周国强），自 2020-06-29 起.
func describeSeat(seat models.Seat, today models.Day) string {
	text := seat.Post.Label()
	if h := seat.Post.Holder(today); h != nil {
		text += "（" + h.Name + "）"
	}
	return text + "，自 " + since(seat.FromDay) + " 起"
}

func since(d models.Day) string {
	if d == "" {
		return "建组"
	}
	return string(d)
}

// SetHolder names who holds the post of a seat from a day on; the one before ends on the day before, and the seat stays.
// Returns fault.NotFound, fault.Invalid with the fields name, title, from, and fault.Conflict.
func (s *Service) SetHolder(ctx context.Context, actor models.Actor, area string, seatID int64, in HolderInput) error {
	in.Name, in.Title = strings.TrimSpace(in.Name), strings.TrimSpace(in.Title)
	return s.editGroup(ctx, actor, area, "holder", "", in.Version, func(tx *gorm.DB, g *models.Group) (diff, error) {
		seat, err := seatOf(tx, g, seatID)
		if err != nil {
			return nil, err
		}
		if seat.Ended(s.today()) {
			return nil, fault.New(fault.Locked, seat.Post.Label()+"已于 "+string(seat.ToDay)+" 退出领导小组，不再更换人员。")
		}
		return appoint(tx, seat.Post, in)
	})
}

func seatOf(tx *gorm.DB, g *models.Group, id int64) (models.Seat, error) {
	var seat models.Seat
	err := tx.Preload("Post.Unit").Preload("Post.Holders").Where("group_id = ? AND id = ?", g.ID, id).Take(&seat).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return seat, fault.New(fault.NotFound, "没有这个席位。")
	}
	return seat, err
}

// appoint writes who holds a post from a day on.
func appoint(tx *gorm.DB, post models.Post, in HolderInput) (diff, error) {
	var last *models.PostHolder
	for i := range post.Holders {
		if post.Holders[i].ToDay == "" {
			last = &post.Holders[i]
		}
	}
	var form fault.Form
	form.Require("name", "姓名", in.Name)
	tooLong(&form, "name", "姓名", in.Name, maxName)
	tooLong(&form, "title", "现任职务", in.Title, maxName)
	form.Require("from", "起始日期", string(in.From))
	checkDay(&form, "from", "起始日期", in.From)
	if last != nil && in.From < last.FromDay {
		form.Add("from", last.Name+"自 "+since(last.FromDay)+" 起担任"+post.Label()+"，新任的起始日期不能早于这一天。")
	}
	if last != nil && last.Name == in.Name && last.Title == in.Title {
		form.Add("name", in.Name+"已担任"+post.Label()+"，不必更换。")
	}
	if err := form.Err(); err != nil {
		return nil, err
	}
	d := diff{{Field: post.Label(), New: in.Name + in.Title + "（自 " + string(in.From) + "）"}}
	if last != nil {
		d[0].Old = last.Name + last.Title
		if err := endAt(tx.Model(&models.PostHolder{}).Where("id = ?", last.ID), last.Span, in.From); err != nil {
			return nil, fmt.Errorf("end holder: %w", err)
		}
	}
	row := models.PostHolder{PostID: post.ID, Name: in.Name, Title: in.Title, Span: models.Span{FromDay: in.From}}
	if err := tx.Create(&row).Error; err != nil {
		return nil, fmt.Errorf("name holder: %w", err)
	}
	return d, nil
}

// EndSeat ends a seat on a last day, with a reason.
// Returns fault.NotFound, fault.Locked for one that has ended, fault.Invalid with the fields to and why, fault.Conflict.
func (s *Service) EndSeat(ctx context.Context, actor models.Actor, area string, seatID int64, in EndInput) error {
	in.Why = strings.TrimSpace(in.Why)
	return s.editGroup(ctx, actor, area, "seat_end", in.Why, in.Version, func(tx *gorm.DB, g *models.Group) (diff, error) {
		seat, err := seatOf(tx, g, seatID)
		if err != nil {
			return nil, err
		}
		if seat.ToDay != "" {
			return nil, fault.New(fault.Locked, seat.Post.Label()+"的止期已定为 "+string(seat.ToDay)+"。")
		}
		if err := in.check(seat.FromDay); err != nil {
			return nil, err
		}
		d := diff{{Field: seat.Rank.Label(), Old: seat.Post.Label(), New: "至 " + string(in.To)}}
		return d, tx.Model(&models.Seat{}).Where("id = ?", seat.ID).Updates(map[string]any{"to_day": in.To, "end_why": in.Why}).Error
	})
}

func (in EndInput) check(from models.Day) error {
	var form fault.Form
	form.Require("to", "止期", string(in.To))
	checkDay(&form, "to", "止期", in.To)
	if in.To != "" && in.To < from {
		form.Add("to", "起始日期是 "+string(from)+"，止期不能更早。")
	}
	form.Require("why", "理由", in.Why)
	tooLong(&form, "why", "理由", in.Why, maxReason)
	return form.Err()
}
