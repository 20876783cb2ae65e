"""A message that tells of several conflicts is drawn as a whole, however it was found again."""

from __future__ import annotations

from bot.posts import summary_setting
from tests.notifying import CUT, Post, disagree, post, store

__all__ = ["post", "store"]


def test_a_summary_found_again_piece_by_piece_lists_all_its_conflicts(post: Post) -> None:
    post.slack.answers = [(CUT, 0.0)]
    disagree(post, *(f"R00000{n}" for n in range(1, 5)))
    post.carry()
    first, *others = post.items()
    assert first.attempts == 1
    # Alone put off for longer, it leaves too few for a summary: they are looked for one by one.
    post.notifier._patience.put_off(first, 30)
    post.carry_for(10)
    assert post.waiting() == ["conflict_opened"]
    with post.desk.store.reading("peer") as tx:
        listed = (tx.setting(summary_setting("1.0")) or "").split(",")
    assert sorted(listed) == sorted(str(item.payload["conflict_id"]) for item in [first, *others])
    post.carry_for(40)
    assert post.waiting() == []
    assert len(post.slack.sent) == 1
