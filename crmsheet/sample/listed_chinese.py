"""Made-up people and firms in Chinese for long lists: surnames, given names and brands as common as they are.

The three commonest surnames are borne by a fifth of all people, the commonest hundred by some 85 %; a given name of one
character by one person in eight. Brands are made of the few dozen lucky characters that most firms take, many of which
sound alike (信 鑫 欣 新): so neighbours in a trade have nearly the same name. As in `sample.chinese`, mobiles are drawn
from all prefixes in use and may belong to somebody: never call or text them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from crmsheet.sample.chinese import CHINESE
from crmsheet.sample.listed_words import (
    Dice,
    Habits,
    Mess,
    Named,
    Numbers,
    Placed,
    Speech,
    Texts,
    Town,
    Variant,
    Words,
    parted,
)

if TYPE_CHECKING:
    from opencc import OpenCC

FAMILIES = Words.spelled(
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin "
    "罗luo 高gao 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 冯feng 邓deng 曹cao 彭peng 曾zeng 肖xiao 田tian "
    "董dong 袁yuan 潘pan 于yu 蒋jiang 蔡cai 余yu 杜du 叶ye 程cheng 苏su 魏wei 吕lv 丁ding 任ren 沈shen 姚yao 卢lu "
    "姜jiang 崔cui 钟zhong 谭tan 陆lu 汪wang 范fan 金jin 石shi 廖liao 贾jia 夏xia 韦wei 付fu 方fang 白bai 邹zou "
    "孟meng 熊xiong 秦qin 邱qiu 江jiang 尹yin 薛xue 闫yan 段duan 雷lei 侯hou 龙long 史shi 陶tao 黎li 贺he 顾gu "
    "毛mao 郝hao 龚gong 邵shao 万wan 钱qian 严yan 覃qin 武wu 戴dai 莫mo 孔kong 向xiang 汤tang 欧阳ouyang 司马sima "
    "上官shangguan 诸葛zhuge",
    0.25,
)
GIVENS = Words.spelled(
    "英ying 华hua 玉yu 明ming 文wen 国guo 春chun 金jin 秀xiu 建jian 红hong 丽li 志zhi 海hai 平ping 永yong 桂gui "
    "云yun 梅mei 小xiao 军jun 德de 晓xiao 伟wei 杰jie 兰lan 霞xia 芳fang 新xin 玲ling 林lin 庆qing 燕yan 忠zhong "
    "清qing 俊jun 荣rong 光guang 辉hui 强qiang 江jiang 凤feng 艳yan 波bo 淑shu 成cheng 宝bao 福fu 飞fei 东dong "
    "学xue 龙long 斌bin 峰feng 勇yong 生sheng 兴xing 祥xiang 洪hong 世shi 素su 鹏peng 安an 敏min 静jing 振zhen 亚ya "
    "爱ai 宇yu 立li 涛tao 娟juan 雪xue 雨yu 子zi 家jia 佳jia 欣xin 怡yi 嘉jia 梓zi 浩hao 轩xuan 涵han 思si 宏hong "
    "松song 超chao 月yue 珍zhen 彩cai 仁ren 义yi 慧hui 娜na 莲lian 琴qin 萍ping 佩pei 美mei 连lian 正zheng 天tian "
    "阳yang 凯kai 晨chen 宁ning 琳lin 洋yang 刚gang 瑞rui 鑫xin 磊lei 民min 莉li 婷ting 倩qian 颖ying 健jian "
    "亮liang 旭xu 睿rui 诗shi 悦yue 瑶yao 彤tong 航hang 琪qi 博bo 贵gui 良liang 贤xian 胜sheng 全quan 武wu 诚cheng "
    "恒heng 根gen 炳bing 香xiang 仙xian 翠cui 巧qiao 喜xi 菊ju 银yin 如ru 锦jin 维wei 卫wei 保bao 亭ting 启qi 继ji "
    "承cheng 远yuan 景jing 传chuan 泽ze 康kang 利li 顺shun 昌chang 盛sheng 达da 均jun 元yuan 克ke 茂mao 奇qi 绍shao "
    "跃yue 玮wei 峻jun 芬fen 蓉rong 毅yi 翔xiang",
    0.05,
)
BRANDS = Words.spelled(
    "华hua 信xin 达da 通tong 联lian 创chuang 恒heng 瑞rui 丰feng 盛sheng 鼎ding 泰tai 安an 康kang 宏hong 远yuan "
    "博bo 雅ya 天tian 宇yu 星xing 辰chen 金jin 源yuan 银yin 河he 东dong 方fang 正zheng 阳yang 明ming 德de 润run "
    "和he 顺shun 昌chang 鑫xin 欣xin 新xin 诚cheng 成cheng 程cheng 晟sheng 胜sheng 圣sheng 桦hua 元yuan 衡heng "
    "亨heng 锋feng 峰feng 锐rui 睿rui 汇hui 惠hui 慧hui 利li 力li 立li 众zhong 中zhong 兴xing 荣rong 隆long 龙long "
    "永yong 益yi 亿yi 大da 海hai 江jiang 南nan 北bei 佳jia 嘉jia 家jia 美mei 优you 百bai 万wan 千qian 世shi 恩en "
    "科ke 凯kai 捷jie 杰jie 启qi 奇qi 旗qi 拓tuo 腾teng 航hang 帆fan 森sen 林lin 格ge 致zhi 翔xiang 祥xiang 玖jiu "
    "久jiu 铭ming 铂bo 柏bai 智zhi 志zhi 云yun 蓝lan 蔚wei 卓zhuo 越yue 尚shang 合he 富fu 福fu 甲jia",
    0.03,
)
_TRADES = (
    "科技 Technology, 贸易 Trading, 电子科技 Electronic Technology, 信息技术 Information Technology, 网络科技 "
    "Network Technology, 机械设备 Machinery, 商贸 Commerce, 建材 Building Materials, 实业 Industry, 食品 Foods, "
    "文化传媒 Media, 电子 Electronics, 物流 Logistics, 建筑工程 Construction, 装饰工程 Decoration, 医疗器械 Medical "
    "Devices, 环保科技 Environmental Technology, 五金制品 Hardware, 服饰 Garments, 软件 Software, 汽车配件 Auto "
    "Parts, 企业管理咨询 Management Consulting, 教育咨询 Education, 化工 Chemicals, 包装材料 Packaging, 农业科技 "
    "Agriculture, 自动化设备 Automation, 新能源科技 New Energy, 广告 Advertising, 餐饮管理 Catering, 塑胶制品 "
    "Plastics, 电气 Electric, 生物科技 Biotechnology, 酒店管理 Hotels, 家具 Furniture, 模具 Moulds"
)
TRADES = Words(
    tuple(each.partition(" ")[0] for each in parted(_TRADES, ",")),
    tuple(each.partition(" ")[2] for each in parted(_TRADES, ",")),
    0.12,
)
_LATIN = parted(
    "Beijing Shanghai Guangzhou Shenzhen Dongguan Hangzhou Ningbo Nanjing Suzhou Chengdu Chongqing Wuhan Changsha "
    "Qingdao Jinan Zhengzhou Xi'an Fuzhou Shenyang Tianjin Hefei Kunming"
)
TOWNS = tuple(
    Town(place.province, place.city, latin, place.districts, f"0{place.area}", place.division, weight)
    for place, latin, weight in zip(CHINESE.places, _LATIN, CHINESE.place_weights, strict=True)
)
_ROADS = parted(
    "人民路 中山路 解放路 建设路 文化路 和平路 长江路 黄河路 科技路 创业路 滨河路 学府路 工业大道 迎宾大道 金融街 "
    "朝阳街 新华路 振兴路 北京路 南京路 幸福路 光明路 胜利路 友谊路 团结路 青年路 花园路 东风路 红旗路 体育路 兴业街 "
    "复兴路"
)
_BUILDINGS = parted(
    "创新大厦 国际广场 科技园 软件园 工业园 商务中心 时代中心 财富大厦 世纪广场 金融中心 阳光花园 锦绣家园 和谐小区 "
    "翠湖苑 幸福里 碧水湾"
)
_PREFIXES = np.array(
    parted(
        "130 131 132 133 135 136 137 138 139 147 150 151 152 153 155 156 157 158 159 166 173 175 176 177 178 180 181 "
        "182 183 185 186 187 188 189 191 193 195 198 199"
    ),
    dtype=object,
)
_CODE = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"), dtype=object)
_CODE_WEIGHTS = np.array((1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28))
_BODY_WEIGHTS = np.array((3, 7, 9, 10, 5, 8, 4, 2))
_TITLES = ("总", "经理", "老师", "主任", "工", "老板", "总监")
_NOTES = ("(采购)", "（财务）", "(老客户)", "-采购", "（转介绍）", "(已加微信)")
_AS_FIRM = ("(老客户)", "（展会）", "-重点", "(上海办)")


def _mobiles(dice: Dice, towns: Numbers) -> Texts:
    tails = dice.integers(0, 10**8, len(towns)).tolist()
    heads = _PREFIXES[dice.integers(0, len(_PREFIXES), len(towns))].tolist()
    return np.array([f"{head}{tail:08d}" for head, tail in zip(heads, tails, strict=True)], dtype=object)


def _landlines(dice: Dice, towns: Numbers) -> Texts:
    numbers = dice.integers(60_000_000, 90_000_000, len(towns)).tolist()
    areas = [TOWNS[town].area for town in towns.tolist()]
    return np.array([f"{area}-{number}" for area, number in zip(areas, numbers, strict=True)], dtype=object)


def _codes(dice: Dice, towns: Numbers) -> Texts:
    """Unified social credit codes with right check characters (GB 32100-2015); the body is drawn at random."""
    body = dice.integers(0, 10, (len(towns), 8))  # digits only: of the older numbers, nine in ten have no letter
    rest = (11 - (body * _BODY_WEIGHTS).sum(axis=1) % 11) % 11
    divisions = np.array([[int(c) for c in TOWNS[town].division] for town in range(len(TOWNS))])[towns]
    head = np.tile(np.array([9, 1]), (len(towns), 1))
    check = np.where(rest == 10, list(_CODE).index("X"), rest)[:, None]
    whole = np.hstack([head, divisions, body, check])
    last = (31 - (whole * _CODE_WEIGHTS).sum(axis=1) % 31) % 31
    return np.array(["".join(row) for row in _CODE[np.hstack([whole, last[:, None]])]], dtype=object)


def _sounds() -> dict[str, list[str]]:
    """Latin letters to the characters that sound so, in given names and brands."""
    found: dict[str, list[str]] = {}
    for words in (GIVENS, BRANDS):
        for text, latin in zip(words.texts, words.latin, strict=True):
            if text not in found.setdefault(latin, []):
                found[latin].append(text)
    return found


_LIKE = {text: [each for each in group if each != text] for group in _sounds().values() for text in group}


def like_sounding(text: str, luck: float) -> str:
    """The text with one character exchanged for one that sounds the same, where there is one."""
    places = [at for at, c in enumerate(text) if _LIKE.get(c)]
    if not places:
        return text
    at = places[int(luck * len(places))]
    others = _LIKE[text[at]]
    return f"{text[:at]}{others[int(luck * 997) % len(others)]}{text[at + 1 :]}"


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # only lists with traditional characters need it

    return OpenCC("s2t")


def _traditional(text: str) -> str:
    traditional: str = _converter().convert(text)
    return traditional


def _turned(text: str, luck: float) -> str:
    """Two neighbours in the first half turned round."""
    if len(text) < 6:
        return text
    at = int(luck * 3)
    return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def _of(words: tuple[str, ...], luck: float) -> str:
    return words[int(luck * len(words))]


def _person(n: Named) -> str:
    return n.family + n.given


def _town(n: Named) -> str:
    return n.town.city.removesuffix("市")


def _company(n: Named) -> str:
    return f"{_town(n)}{n.brand}{n.trade}{n.form}{n.branch}"


def _english(n: Named) -> str:
    return f"{n.town.latin} {n.latin.title()} {n.trade_latin} Co., Ltd.{n.branch_latin}"


def _pinyin(n: Named) -> str:
    family, given = n.family_latin.title(), n.given_latin.title()
    return _of(
        (f"{family} {given}", f"{given} {family}", f"{family}{given}".lower(), f"{family.upper()} {given}"), n.luck
    )


PEOPLE = (
    Variant(0.06, lambda n: f"{n.family} {n.given}"),
    Variant(0.02, lambda n: f"{n.family}\u3000{n.given}"),
    Variant(0.05, lambda n: n.family + _of(_TITLES, n.luck), vague=True),
    Variant(0.02, lambda n: n.family + ("先生" if n.male else "女士"), vague=True),
    Variant(0.08, lambda n: _person(n) + _of(("先生" if n.male else "女士", "经理", "总", "老师"), n.luck)),
    Variant(0.03, lambda n: _person(n) + _of(_NOTES, n.luck)),
    Variant(0.01, lambda n: f"客户-{_person(n)}"),
    Variant(0.05, _pinyin),
    Variant(0.03, lambda n: _traditional(_person(n))),
    Variant(0.03, lambda n: n.family + like_sounding(n.given, n.luck)),
    Variant(0.02, lambda n: ("小" if n.luck < 0.5 else "老") + n.family, vague=True),
    Variant(0.01, lambda n: f"{_person(n)}/{_of(FAMILIES.texts, n.luck)}{_of(GIVENS.texts, n.luck)}"),
    Variant(0.03, lambda n: f"{_person(n)} " if n.luck < 0.5 else f" {_person(n)}"),
)
"""Titles, notes, spaces, Latin letters, traditional characters, slips: mess.md 24 and 25; 55 % are plain."""

COMPANIES = (
    Variant(0.05, lambda n: _company(n).replace("有限公司", "有限责任公司")),
    Variant(0.03, lambda n: f"{_town(n)}{n.brand}{n.trade}公司{n.branch}"),
    Variant(0.07, lambda n: f"{_town(n)}{n.brand}{n.trade}{n.branch}"),
    Variant(0.05, lambda n: f"{n.brand}{n.trade}({_town(n)}){n.form}{n.branch}"),
    Variant(0.05, lambda n: f"{n.brand}{n.trade}（{_town(n)}）{n.form}{n.branch}"),
    Variant(0.04, lambda n: f"{n.town.city}{n.brand}{n.trade}{n.form}{n.branch}"),
    Variant(0.08, lambda n: f"{n.brand}{n.trade}{n.form}{n.branch}"),
    Variant(0.08, lambda n: f"{n.brand}{n.trade}{n.branch}"),
    Variant(0.03, lambda n: f"{n.brand}{n.branch}", vague=True),
    Variant(0.03, _english, vague=True),
    Variant(0.03, lambda n: _traditional(_company(n))),
    Variant(0.02, lambda n: f"{_town(n)}{like_sounding(n.brand, n.luck)}{n.trade}{n.form}{n.branch}"),
    Variant(0.01, lambda n: _turned(_company(n), n.luck)),
    Variant(0.02, lambda n: f"{_company(n)}。"),
    Variant(0.02, lambda n: f"{_company(n)} " if n.luck < 0.5 else f"{_town(n)} {n.brand}{n.trade}{n.form}{n.branch}"),
    Variant(0.02, lambda n: _company(n) + _of(_AS_FIRM, n.luck)),
    Variant(0.02, lambda n: f"{n.brand}{n.trade}{n.branch}-{n.family}{_of(_TITLES, n.luck)}"),
)
"""Legal forms, regions in front, in brackets or left out, short and English names, slips: mess.md 26; 35 % plain."""


def address(p: Placed) -> str:
    """An address in full."""
    town = p.town.city if p.town.city == p.town.province else p.town.province + p.town.city
    return town + _street(p)


def _street(p: Placed) -> str:
    district = p.town.districts[p.district % len(p.town.districts)] if p.town.districts else ""
    room = f"{p.building}{p.room}室" if p.building else ""
    return f"{district}{p.road}{p.number}号{room}"


def _short_street(p: Placed) -> str:
    return f"{p.road}{p.number}号" + (p.building if p.luck < 0.5 else "")


ADDRESSES = (
    (0.20, lambda p: p.town.city + _street(p)),
    (0.12, _street),
    (0.10, lambda p: f"{p.town.province}{_street(p)}".replace("室", "")),
    (0.08, _short_street),
    (0.03, lambda p: _traditional(address(p))),
    (0.02, lambda p: address(p).replace("号", "号 ").replace("区", "区 ")),
    (0.01, lambda p: f"No.{p.number} {p.road}, {p.town.latin}"),
)

FILLED = {
    "kind": 0.7,
    "contact_name": 0.7,
    "mobile": 0.45,
    "phone": 0.55,
    "email": 0.3,
    "wechat": 0.27,
    "uscc": 0.22,
    "birthday": 0.5,
    "gender": 0.5,
    "province": 0.6,
    "city": 0.8,
    "address": 0.6,
    "name_en": 0.08,
    "short_name": 0.12,
    "former_names": 0.5,
}
"""How often somebody who enters a customer knows a value and types it in."""


def chinese(mess: Mapping[str, tuple[Mess, ...]]) -> Speech:
    """The Chinese words, with ways to misspell cells."""
    return Speech(
        code="zh",
        families=FAMILIES,
        givens=GIVENS,
        brands=BRANDS,
        trades=TRADES,
        forms=("有限公司",) * 8 + ("有限责任公司", "股份有限公司", "集团有限公司"),
        towns=TOWNS,
        roads=_ROADS,
        buildings=_BUILDINGS,
        second_given=0.87,
        second_brand=1.0,
        joint="",
        providers=("qqmail", "163mail", "126mail", "mail"),
        habits=Habits(messenger=True, generations=True, sexes=False, married=0.0),
        alike=like_sounding,
        kinds=("企业", "个人"),
        genders=("男", "女"),
        given=str.__add__,
        mobile=_mobiles,
        landline=_landlines,
        identifier=_codes,
        person=_person,
        company=_company,
        branch=lambda town: (f"{town.city.removesuffix('市')}分公司", f" {town.latin} Branch"),
        people=PEOPLE,
        companies=COMPANIES,
        address=address,
        addresses=ADDRESSES,
        english=_english,
        short=lambda n: f"{n.brand}{n.trade}"[:4],
        postal_code=None,
        nothing=("无", "暂无", "-", "/", "N/A", "不详", "未知", "待补充", "NULL", "0"),
        tests=(
            {"name": "测试", "mobile": "13800138000", "email": "aaa@aaa.com"},
            {"name": "测试客户", "mobile": "13800138000"},
            {"name": "test", "mobile": "13888888888", "email": "test@test.com"},
            {"name": "张三", "mobile": "13800138000"},
        ),
        filled=FILLED,
        mess=mess,
    )
