using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using WuWei.Errors;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>A template, a rule, and how far its activities are made: values in, values out. Days are China's.</summary>
public sealed record Series
{
    private const int DaysAhead = 28;
    private const string Column = "series.template";

    public Guid Id { get; init; }
    public Guid UnitId { get; init; }
    public Guid MakerId { get; init; }
    public int Version { get; init; }
    public string Rule { get; init; } = "";
    public DateTime FirstDay { get; init; }

    /// <summary>The form of its next activity, sealed: it holds a contact.</summary>
    public byte[] Template { get; init; } = [];

    /// <summary>Every day of the rule until this one was made, skipped or missed.</summary>
    public DateTime MadeUntil { get; init; }
    public DateTime MadeAt { get; init; }
    public DateTime? EndedAt { get; init; }

    /// <summary>When the worker makes the next one; null once it is over.</summary>
    public DateTime? NextAt { get; init; }

    /// <summary>Joined in where somebody sees it: days after <see cref="MadeUntil"/> that are left out.</summary>
    public IReadOnlyList<DateTime> Skipped { get; init; } = [];

    /// <summary>Its next day, if it has one.</summary>
    public DateTime? NextDay => SeriesRule.Of(Rule, FirstDay).DaysAfter(MadeUntil)
        .Select(day => (DateTime?)day).FirstOrDefault(day => !Skipped.Contains(day!.Value));

    /// <summary>With when its next day is due; over when there is none.</summary>
    public Series Wound(DateTime now) => NextDay is { } day
        ? this with { NextAt = Clock.FromChina(day.AddDays(-DaysAhead)) }
        : Ended(now);

    public Series Ended(DateTime now) => this with { EndedAt = now, NextAt = null };

    public Series Skip(DateTime day) => this with { Skipped = [.. Skipped, day] };

    public Series DemandLive() =>
        EndedAt is null ? this : throw Refuse.Premature("SERIES_OVER", "这个系列已经结束了。");

    /// <summary>Whether it has something on a day that is not decided yet.</summary>
    public bool Has(DateTime day) =>
        day > MadeUntil && SeriesRule.Of(Rule, FirstDay).DaysAfter(day.AddDays(-1)).FirstOrDefault() == day;

    public Wire.ActivityForm Form(PersonalData data) =>
        Wire.ActivityForm.Parser.ParseFrom(data.Open(Column, $"{Id}", Template));

    public static byte[] Seal(PersonalData data, Guid id, Wire.ActivityForm form) =>
        data.Seal(Column, $"{id}", form.ToByteArray());

    /// <summary>A template as somebody typed it, with all its faults at once.</summary>
    public static ActivityForm Read(Wire.ActivityForm? form, DateTime now)
    {
        var read = ActivityForm.Read(form ?? new Wire.ActivityForm(), published: null, now);
        var faults = new Faults();
        if (read.Shifts.Count == 0)
        {
            faults.Add("shifts", "至少要有一个班次。");
        }

        else if (read.Shifts[^1].StartsAt - read.Shifts[0].StartsAt > TimeSpan.FromDays(365 - DaysAhead))
        {
            // Each is made so many days ahead, and no shift begins more than a year ahead.
            faults.Add("shifts", "班次的跨度太长。");
        }

        if (read.ParentId is not null)
        {
            faults.Add("parent_id", "系列活动不能属于别的活动。");
        }

        if (read.OrganisationId is not null)
        {
            faults.Add("organisation_id", "系列活动由社区主办。");
        }

        faults.ThrowIfAny("ACTIVITY_INVALID", "有些内容没有填对，请检查。");
        return read;
    }

    /// <summary>The form with its first shift on this day. China keeps one time all year: all move by whole days.</summary>
    public static Wire.ActivityForm On(DateTime day, Wire.ActivityForm form)
    {
        var moved = form.Clone();
        var days = Duration.FromTimeSpan(day - Clock.Day(form.Shifts[0].StartsAt.ToDateTime()));
        foreach (var shift in moved.Shifts)
        {
            (shift.StartsAt, shift.EndsAt) = (shift.StartsAt + days, shift.EndsAt + days);
        }

        return moved;
    }
}
