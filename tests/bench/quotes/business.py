"""Invented files of a small company: contract, price list, minutes, rules, mails."""

# ruff: noqa: E501 - paragraphs of documents

from email.message import EmailMessage
from pathlib import Path

CONTRACT = """电梯维护保养合同
合同编号：TS-2025-118
甲方（委托方）：海棠里小区业主委员会
乙方（受托方）：南屏电梯工程有限公司
第一条 服务范围
乙方负责海棠里小区一号至六号楼共十二台电梯的日常维护保养，包括清洁、润滑、检查和调整。更换钢丝绳、曳引机等大修项目另行报价，不在本合同费用之内。
第二条 期限
本合同自2025年9月1日起至2027年8月31日止，为期两年。期满前六十日双方均未书面提出终止的，自动顺延一年。
第三条 费用与支付
维保费为每台每月三百八十元，全年合计五万四千七百二十元。甲方应于每季度首月十日前支付当季费用，乙方凭甲方要求开具普通发票。
甲方逾期付款超过三十日的，乙方有权暂停服务，并按日收取应付款万分之五的滞纳金。
第四条 服务要求
乙方每十五日对每台电梯保养一次，并在机房张贴保养记录。接到困人报警后，乙方人员应在三十分钟内到达现场；一般故障应在两小时内到达。
乙方每年协助甲方办理一次电梯年检，检验费由甲方承担。
第五条 人员
乙方派驻的维保人员须持有特种设备作业证，现场不得少于两人。乙方更换项目负责人须提前七日通知甲方。乙方项目负责人为陆文清，电话6620-118。
第六条 提前解除
6.1 乙方提前解除合同的，应提前九十日书面通知甲方，并退还已收未服务期间的费用，另付两个月维保费作为违约金。
6.2 甲方提前解除合同的，应提前三十日书面通知乙方，并支付一个月维保费作为违约金。
6.3 乙方连续两次未按时保养，或因其过错造成人身伤害的，甲方可以立即解除合同，无须支付违约金。
第七条 保险与责任
乙方应为维保人员投保意外伤害险，保额每人不低于八十万元。因乙方保养不当造成的损失由乙方赔偿；因住户故意损坏造成的维修费由甲方向责任人追偿。
第八条 争议解决
发生争议时双方先行协商，协商不成的，提交南屏仲裁委员会仲裁。
本合同一式三份，甲方两份，乙方一份。
甲方（盖章）：                乙方（盖章）：
签订日期：2025年8月20日"""

PRICES = [
    ["型号", "名称", "规格", "单价（元）", "起订量", "交货期", "税率"],
    ["L-100", "台灯", "8瓦", 89, "10只", "现货", "13%"],
    ["L-110", "护眼台灯", "12瓦", 149, "10只", "5天", "13%"],
    ["L-200", "落地灯", "24瓦", 268, "5只", "7天", "13%"],
    ["L-201", "可调光落地灯", "28瓦", 329, "5只", "10天", "13%"],
    ["P-30", "吸顶灯", "36瓦", 199, "20只", "7天", "13%"],
    ["P-45", "智能吸顶灯", "48瓦", 359, "20只", "15天", "13%"],
    ["S-9", "安装服务", "每盏", 45, "1次", "预约", "6%"],
]
SALES = [
    ["区域", "一月", "二月", "三月", "单位"],
    ["华东", 118.2, 96.4, 140.9, "万元"],
    ["华南", 87.5, 79.3, 101.6, "万元"],
    ["华北", 64.8, 58.1, 77.7, "万元"],
    ["西南", 41.3, 39.9, 52.4, "万元"],
]

MINUTES = """仓库搬迁项目第三次例会纪要

时间：2026年2月26日（星期四）上午9:30
地点：二楼会议室
主持人：戴立新
记录：方晓
出席：戴立新、方晓、顾彬、秦月、马骏
请假：贺兰（年度体检）

一、进度
顾彬汇报：新仓库的地坪工程已于2月20日完工，比计划晚了六天，原因是春节期间工人返乡。消防验收排在3月12日。货架共一千二百组，已到货八百组，剩余四百组预计3月5日到齐。

二、搬迁安排
会议决定：搬迁分三批进行。第一批3月16日搬小件库，第二批3月20日搬大件库，第三批3月25日搬退货区。搬迁期间每天17:00以后停止收货，出库照常。
夜间搬运由马骏带队，每班八人，夜班补助每人每晚一百五十元。

三、费用
秦月汇报：搬迁预算为三十六万元，目前已支出十四万二千元，主要是货架和叉车租赁。会议同意追加八万元用于加装监控，超出部分须报总经理批准。

四、系统
库存系统于3月14日22:00停机，预计停机六小时。停机前由方晓完成全部数据备份。原定同时上线的条码枪推迟到四月，因为固件不稳定。

五、待办事项
事项 | 负责人 | 期限
联系消防验收 | 顾彬 | 3月6日
签订搬运公司合同 | 马骏 | 3月4日
通知供应商停止收货时间 | 秦月 | 3月10日
备份库存数据 | 方晓 | 3月14日

下次会议：2026年3月9日上午9:30，地点不变。"""

RULES = [
    ("公司用车管理办法", ""),
    ("第一章 总则", "第一条 本办法适用于公司全部公务车辆，自2025年10月1日起执行，由行政部解释。"),
    (
        "第二章 申请",
        "第二条 员工用车应至少提前一天在系统中提交申请，写明目的地、人数和用途，由部门经理审批。"
        "紧急用车可以先电话告知行政部，两天内补办申请。",
    ),
    (
        "",
        "第三条 跨省用车须由分管副总经理批准。节假日用车一律不予批准，抢修和接送客户除外。",
    ),
    (
        "第三章 使用",
        "第四条 驾驶人须持有效驾驶证满三年。车内禁止吸烟。私自出借车辆的，扣发当月绩效并通报批评。",
    ),
    (
        "",
        "第五条 行车记录由驾驶人当天填写。油费使用公司油卡支付，不得用现金；过路费和停车费凭票据实报销。",
    ),
    (
        "第四章 事故与违章",
        "第六条 发生交通事故时，驾驶人应先救助伤员、报警，并在一小时内通知行政部，再联系保险公司。"
        "违章罚款由驾驶人本人承担。因公司安排造成的违章，由公司承担。",
    ),
    (
        "第五章 保养",
        "第七条 车辆每行驶八千公里或满六个月保养一次，以先到者为准。年检由行政部统一办理。"
        "轮胎每五万公里更换。",
    ),
]

MAILS = (
    (
        "春节值班安排",
        "人事部 <hr@example.com>",
        "Mon, 26 Jan 2026 10:12:00 +0800",
        "各位同事：\n\n2026年春节放假时间为2月16日至2月23日，共八天，2月14日（星期六）正常上班。\n"
        "放假期间前台由陶敏值班，机房由韦强值班，值班工资按三倍计发。\n"
        "快递请在2月12日下午四点前送到前台，之后不再收件。\n"
        "门禁卡在假期中只对值班人员有效，需要进楼的同事请提前向保安室登记。\n\n祝新春愉快！\n人事部",
    ),
    (
        "关于L-201供货问题的答复",
        "供应链 孙岚 <sl@example.com>",
        "Wed, 11 Mar 2026 16:40:00 +0800",
        "周经理，您好：\n\n贵司3月6日反映的L-201可调光落地灯闪烁问题，我们查明是一批驱动电源的电容虚焊造成的，"
        "涉及序列号2601开头的四百二十只。\n我方将在十个工作日内免费更换驱动电源，往返运费由我方承担。\n"
        "为表歉意，下一笔订单给予百分之五的折扣，有效期到6月30日。\n"
        "更换完成前请暂停销售这一批产品。\n\n此致\n孙岚\n电话：6031-778",
    ),
)


def write_business(folder: Path) -> list[Path]:
    """Write all the files into a folder."""
    (folder / "仓库搬迁例会纪要.txt").write_bytes(MINUTES.encode("gb18030"))
    _contract(folder / "电梯维保合同.docx")
    _prices(folder / "灯具价目表.xlsx")
    _rules(folder / "公司用车管理办法.pdf")
    for subject, sender, date, text in MAILS:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["Date"] = subject, sender, date
        mail["To"] = "all@example.com"
        mail.set_content(text)
        (folder / f"{subject}.eml").write_bytes(bytes(mail))
    return sorted(path for path in folder.iterdir() if path.suffix)


def _contract(path: Path) -> None:
    from docx import Document

    document = Document()
    for line in CONTRACT.splitlines():
        if line.startswith("第") and len(line) < 15:
            document.add_heading(line, level=2)
        else:
            document.add_paragraph(line)
    document.save(str(path))


def _prices(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        for title, rows in (("价目表", PRICES), ("一季度销售额", SALES)):
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def _rules(path: Path) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    height = 780
    for heading, text in RULES:
        lines = [(heading, 15)] if heading else []
        lines += [(text[at : at + 36], 12) for at in range(0, len(text), 36)]
        for line, size in lines:
            if height < 100:
                canvas.showPage()
                height = 780
            canvas.setFont("STSong-Light", size)
            canvas.drawString(72, height, line)
            height -= size + 8
        height -= 8
    canvas.save()
