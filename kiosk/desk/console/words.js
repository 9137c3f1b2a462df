/* What the console says, in Chinese and English. Nothing here says how anybody rated. */
"use strict";
var WORDS = {
  zh: {
    name: "中文", other: "English", title: "回音 · 窗口评价台",
    sign_title: "登录", sign_in: "登录", back: "返回", clerk_no: "工号（或刷工牌）", pin: "PIN 码", desk_pin: "本窗口 PIN 码",
    hint_clerks: "输入工号和 PIN，或直接扫描工牌。", hint_pin: "输入安装时设定的本窗口 PIN。", hint_change: "换人：请下一位工作人员登录。",
    slip: "扫描办件条码，或输入办件编号", ask: "邀请评价", begin: "开始办理", now: "无编号邀请", cancel: "取消邀请",
    pause: "暂停窗口", resume: "恢复服务", change: "换人", today: "今日", asked: "邀请", answered: "已评价",
    recent: "最近", none: "还没有邀请", promise: "这里只显示是否已评价，不显示评价内容。", clerk: "工号",
    free: "空闲", free_advice: "扫描下一张办件单。", serving: "办理中", serving_advice: "办结后按 Enter 邀请评价。",
    asking: "正在邀请评价", asking_advice: "请群众自行按键，请勿代按或引导。", rated: "已评价", rated_advice: "感谢已显示，可以叫下一位。",
    not_rated: "超时未评价", not_rated_advice: "记为未评价，不影响下一件。", cancelled: "已取消", superseded: "被新的邀请替代",
    interrupted: "邀请中断", waiting: "等待评价", paused: "窗口已暂停", paused_advice: "按 F8 恢复服务。",
    fault: "评价器不可用", fault_advice: "请检查按键盒的连线；仍不行请联系技术人员。",
    away: "连接中断", away_advice: "正在重新连接评价器……", walk: "无编号", elsewhere: "系统邀请",
    "already-rated": "这一件已经评价过了。", "panel-lost": "按键盒未连接，暂时不能邀请。", "not-in-service": "评价器暂停服务，请稍后再试。",
    "not-waiting": "群众已按键或邀请已结束，不能取消。", "pin-wrong": "工号或 PIN 不对。", "too-many-tries": "错误次数太多，请稍后再试。",
    "slow-down": "太快了，请稍等。", malformed: "编号不完整或有误，请核对后重试。", unknown: "没有这条邀请。", "not-begun": "这一件没有开始办理。",
    failed: "没有成功，请再试一次。", empty: "请先扫描或输入编号。", nothing: "现在没有等待中的邀请。", joined: "已补上办件编号。"
  },
  en: {
    name: "English", other: "中文", title: "Huiyin · window desk",
    sign_title: "Sign on", sign_in: "Sign on", back: "Back", clerk_no: "Staff number (or scan badge)", pin: "PIN", desk_pin: "PIN of this window",
    hint_clerks: "Type number and PIN, or scan your badge.", hint_pin: "The PIN set for this window at set-up.", hint_change: "Change of clerk: the next one signs on.",
    slip: "Scan the slip, or type the number", ask: "Ask to rate", begin: "Begin service", now: "Ask without number", cancel: "Cancel asking",
    pause: "Pause window", resume: "Resume", change: "Change clerk", today: "Today", asked: "asked", answered: "rated",
    recent: "Latest", none: "Nobody was asked yet", promise: "You see that it was rated, never how.", clerk: "Clerk",
    free: "Free", free_advice: "Scan the next slip.", serving: "Serving", serving_advice: "When done, press Enter to ask for a rating.",
    asking: "Asking for a rating", asking_advice: "The citizen presses, nobody else; please do not point.", rated: "Rated", rated_advice: "Thanks are on the screen; call the next one.",
    not_rated: "Time is up, not rated", not_rated_advice: "Kept as not rated; go on with the next.", cancelled: "Cancelled", superseded: "Replaced by a newer one",
    interrupted: "Interrupted", waiting: "Waiting", paused: "Window paused", paused_advice: "Press F8 to resume.",
    fault: "Rating not available", fault_advice: "Check the cable of the key box; if that does not help, call the technician.",
    away: "No connection", away_advice: "Trying to reach the kiosk again…", walk: "no number", elsewhere: "asked elsewhere",
    "already-rated": "This one was already rated.", "panel-lost": "The key box is not connected; nobody can be asked now.", "not-in-service": "The kiosk takes no ratings now; try again soon.",
    "not-waiting": "A key was pressed or it has ended; it cannot be cancelled.", "pin-wrong": "Wrong number or PIN.", "too-many-tries": "Too many wrong tries; please wait.",
    "slow-down": "Too fast; wait a moment.", malformed: "The number is not complete or not right.", unknown: "There is no such invitation.", "not-begun": "No such service has begun.",
    failed: "That did not work; try again.", empty: "Scan or type a number first.", nothing: "Nobody is being asked now.", joined: "The number was added."
  }
};
